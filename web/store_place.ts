/** Whether the server has a store to show. */

import { StoreError } from "../lab/store/store_error.ts";

/**
 * Looks at the store's directory before anybody asks for its runs.
 *
 * @returns Whether it exists.
 * @throws {StoreError} If it is no directory, or cannot be read.
 */
export async function checkStore(dir: string): Promise<boolean> {
  const problem = `Cannot show the runs in '${dir}'`;
  try {
    if (!(await Deno.stat(dir)).isDirectory) {
      throw new StoreError(`${problem}: it is not a directory`, "give another one with --store");
    }
    await Deno.readDir(dir)[Symbol.asyncIterator]().next();
    return true;
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    if (cause instanceof Deno.errors.NotFound) return false;
    const why = cause instanceof Error ? cause.message : String(cause);
    const remedy = "change its owner or mode, or give another one with --store";
    throw new StoreError(`${problem}: ${why}`, remedy, cause);
  }
}
