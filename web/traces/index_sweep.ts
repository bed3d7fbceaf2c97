/** Removes indexes that the server made of traces that are gone. */

import { isRunId } from "../../lab/format/run_id.ts";
import { INDEXES } from "./index_files.ts";
import { UPLOADS } from "../base/trace_ref.ts";

/** An index that was begun and not finished for so long never will be, ms. */
const ABANDONED_MS = 24 * 3600_000;

/**
 * Looks through the indexes that the server made; one whose trace is there stays.
 *
 * @param store Its directory.
 */
export async function sweepIndexes(store: string): Promise<void> {
  for (const name of await names(`${store}/${INDEXES}`)) {
    const path = `${store}/${INDEXES}/${name}`;
    if (await isUseless(store, name, path)) await Deno.remove(path);
  }
}

async function isUseless(store: string, name: string, path: string): Promise<boolean> {
  if (name.endsWith(".tmp")) return Date.now() - await changedAt(path) > ABANDONED_MS;
  const [, owner = "", file = ""] = /^([^~]+)~(.+)\.pfindex$/.exec(name) ?? [];
  if (owner !== "upload" && !isRunId(owner)) return false;
  return await changedAt(`${store}/${owner === "upload" ? UPLOADS : owner}/${file}`) === 0;
}

async function names(directory: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Milliseconds since 1970; 0 if there is no such file. */
async function changedAt(path: string): Promise<number> {
  try {
    return (await Deno.lstat(path)).mtime?.getTime() ?? Infinity;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
