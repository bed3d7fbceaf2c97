import { nearest } from "../text/nearest.ts";
import { isRunId } from "../format/run_id.ts";
import { StoreError, storeErrorOf } from "./store_error.ts";

/** The error for a store without any run. */
export function noRunIn(store: string, reference: string): StoreError {
  const problem = `Cannot find run '${reference}': '${store}' holds no run`;
  return new StoreError(problem, "make one with `deno task lab run`, or give another --out");
}

/**
 * Finds the directory in a store that an id or the beginning of one means.
 *
 * @returns The directory's name; `null` if none is meant, but a directory elsewhere is called so.
 * @throws {StoreError} If it means none or several.
 */
export function findRun(store: string, reference: string): string | null {
  // Copied in and renamed, a directory is listed under its new name: reading it says what to do.
  if (/^[^./][^/]*$/.test(reference) && isDirectory(`${store}/${reference}`)) return reference;
  const ids = idsIn(store);
  const matches = ids.filter((id) => reference !== "" && id.startsWith(reference));
  if (matches.length === 1) return matches[0]!;
  if (matches.length > 1) throw ambiguous(reference, matches);
  if (isDirectory(reference)) return null;
  if (ids.length === 0) throw noRunIn(store, reference);
  const problem = `Cannot find run '${reference}' in '${store}': no id begins so`;
  throw new StoreError(problem, `nearest: ${nearest(reference, ids, 3).join(", ")}`);
}

function ambiguous(reference: string, matches: string[]): StoreError {
  const shown = matches.slice(0, 5).join(", ") + (matches.length > 5 ? ", …" : "");
  const problem = `Cannot tell which run '${reference}' is: ${matches.length} begin so`;
  return new StoreError(problem, `give more of the id: ${shown}`);
}

/** The ids of the runs in a store, newest first; none if the store does not exist. */
function idsIn(store: string): string[] {
  if (!isDirectory(store)) return [];
  const ids: string[] = [];
  for (const entry of Deno.readDirSync(store)) {
    if (entry.isDirectory && isRunId(entry.name)) ids.push(entry.name);
  }
  return ids.sort().reverse();
}

/**
 * Whether a path is a directory, or a link to one.
 *
 * @throws {StoreError} If that cannot be known.
 */
export function isDirectory(path: string): boolean {
  try {
    return path !== "" && Deno.statSync(path).isDirectory;
  } catch (cause) {
    const absent = cause instanceof Deno.errors.NotFound ||
      cause instanceof Deno.errors.NotADirectory;
    if (absent) return false;
    throw storeErrorOf(`Cannot look at '${path}'`, cause);
  }
}
