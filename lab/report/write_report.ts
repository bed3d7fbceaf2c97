/** Writes a report completely or not at all, and never over somebody else's file. */

import { formats } from "./formats.ts";
import { ReportError } from "./report_error.ts";

/** How far into a file its signature is looked for, bytes. */
const HEAD_BYTES = 4096;

/**
 * Says why a file may not be written, before anything is read or rendered.
 *
 * @param force Also a file that is no report may be replaced.
 * @throws {ReportError} If something is there that is no report of fencelab.
 */
export function checkReplaceable(path: string, force: boolean): void {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return;
    throw unwritable(path, cause);
  }
  if (!info.isFile) {
    throw new ReportError(
      `Cannot write the report '${path}': it is not a regular file. Remedy: name a file, or leave ` +
        "--out away and give --format, which prints",
    );
  }
  if (force || info.size === 0 || isReport(path)) return;
  throw new ReportError(
    `Cannot write the report '${path}': the file exists and is no report of fencelab. ` +
      "Remedy: choose another name, or replace it by --force",
  );
}

function isReport(path: string): boolean {
  try {
    using file = Deno.openSync(path);
    const head = new Uint8Array(HEAD_BYTES);
    const length = file.readSync(head) ?? 0;
    const text = new TextDecoder().decode(head.subarray(0, length));
    return formats.some(({ signature }) => text.includes(signature));
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/**
 * Writes the parts of a report under a temporary name and renames it.
 *
 * @returns The length in bytes.
 * @throws {ReportError} If that fails; nothing is left then, and what was there before stays.
 */
export function writeReport(path: string, parts: Iterable<string>): number {
  const temporary = `${path}.tmp`;
  const encoder = new TextEncoder();
  let length = 0;
  try {
    {
      using file = Deno.openSync(temporary, { write: true, create: true, truncate: true });
      for (const part of parts) {
        const bytes = encoder.encode(part);
        length += bytes.length;
        for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
      }
    }
    Deno.renameSync(temporary, path);
    return length;
  } catch (cause) {
    removeQuietly(temporary);
    throw unwritable(path, cause);
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was never made, or cannot be removed: the first error is the one to tell
  }
}

function unwritable(path: string, cause: unknown): ReportError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ReportError(
    `Cannot write the report '${path}': ${why}. Remedy: name a file in a directory that you may ` +
      "write to",
    { cause },
  );
}
