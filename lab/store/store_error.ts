import { printable } from "../text/printable.ts";

/** A run that cannot be saved, found or listed; the message names path, cause and remedy. */
export class StoreError extends Error {
  override readonly name = "StoreError";

  constructor(problem: string, remedy: string, cause?: unknown) {
    super(printable(`${problem}. Remedy: ${remedy}`), { cause });
  }
}

const CHOOSE_ANOTHER = "choose another directory with --out";

const REASONS: Record<string, { why: string; remedy: string }> = {
  EROFS: { why: "the file system is read-only", remedy: CHOOSE_ANOTHER },
  ENOSPC: { why: "the file system is full", remedy: `free space there, or ${CHOOSE_ANOTHER}` },
  EDQUOT: { why: "the disk quota is used up", remedy: `free space there, or ${CHOOSE_ANOTHER}` },
  EACCES: { why: "permission denied", remedy: `change its owner or mode, or ${CHOOSE_ANOTHER}` },
  EPERM: { why: "permission denied", remedy: `change its owner or mode, or ${CHOOSE_ANOTHER}` },
  ENOTDIR: { why: "a part of the path is not a directory", remedy: CHOOSE_ANOTHER },
  EEXIST: { why: "something of that name exists", remedy: CHOOSE_ANOTHER },
  ENOENT: { why: "it does not exist", remedy: "check the path" },
};

/**
 * Turns an error of the operating system or of Deno's permissions into a StoreError.
 *
 * @param action What failed, such as "Cannot save run 'X' in 'runs'".
 */
export function storeErrorOf(action: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof Deno.errors.NotCapable) {
    const remedy = "grant Deno the permission, or choose a directory that it has";
    return new StoreError(`${action}: Deno lacks a permission (${message})`, remedy, cause);
  }
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const known = REASONS[code];
  const why = known === undefined ? message : `${known.why} (${message})`;
  return new StoreError(`${action}: ${why}`, known?.remedy ?? CHOOSE_ANOTHER, cause);
}
