/** Writes a header completely or not at all, and never over somebody else's file. */

import { ADVICE_SIGNATURE } from "../ladders/advice_header.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Says why a header may not be written, before anything is read.
 *
 * @param force A regular file that is no header of ours may be replaced, too.
 * @throws {UsageError} If something is there that fencelab did not write.
 */
export async function checkHeader(path: string, force: boolean): Promise<void> {
  const kind = await kindOf(path, (name) => Deno.stat(name));
  if (kind === "other") {
    throw new UsageError(
      `Cannot write '${path}': it is not a regular file. Remedy: name a file by --header`,
    );
  }
  if (kind === "foreign" && !force) {
    throw new UsageError(
      `Cannot write '${path}': the file exists and is no header of fencelab. Remedy: choose ` +
        "another name, or replace it by --force",
    );
  }
}

/** @throws {UsageError} If that fails; what was there before stays then. */
export async function writeHeader(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  // The one name beside it that the permissions grant: a broken-off write of ours may lie there
  const kind = await kindOf(temporary, (name) => Deno.lstat(name));
  if (kind === "other" || kind === "foreign") {
    throw new UsageError(
      `Cannot write '${path}': '${temporary}', under which it is written first, exists and is ` +
        "not fencelab's. Remedy: move it away, or name another file by --header",
    );
  }
  let made = false;
  try {
    if (kind === "ours") await Deno.remove(temporary);
    // Not even a link that appears now is followed
    await Deno.writeTextFile(temporary, text, { createNew: true });
    made = true;
    await Deno.rename(temporary, path);
  } catch (cause) {
    if (made) await Deno.remove(temporary).catch(() => {});
    throw unwritable(path, cause);
  }
}

/** What is there: nothing, a file that we wrote, another file, or no file at all. */
async function kindOf(
  path: string,
  look: (path: string) => Promise<Deno.FileInfo>,
): Promise<"nothing" | "ours" | "foreign" | "other"> {
  try {
    const info = await look(path);
    if (!info.isFile) return "other";
    using file = await Deno.open(path);
    const head = new Uint8Array(ADVICE_SIGNATURE.length);
    const length = await file.read(head) ?? 0;
    const text = new TextDecoder().decode(head.subarray(0, length));
    // Nothing is lost with an empty file
    return length === 0 || text === ADVICE_SIGNATURE ? "ours" : "foreign";
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return "nothing";
    throw unwritable(path, cause);
  }
}

function unwritable(path: string, cause: unknown): UsageError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new UsageError(
    `Cannot write '${path}': ${why}. Remedy: name a file in a directory that you may write to`,
    { cause },
  );
}
