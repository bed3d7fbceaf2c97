/** Files of the user's own that a C file includes, found by their text. */

import { dirname, isAbsolute, join } from "node:path";

/** A file that a technique's source includes, whatever its preprocessor conditions say. */
export interface IncludedFile {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
}

/** `#include "…"`; those in angle brackets belong to the system. */
const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm;

/** More are no fence; the rest of them is not looked at. */
const MOST = 1000;

/**
 * Reads what a source includes, and what that includes, as far as it lies beside them. Conditions are
 * not looked at: which ones hold depends on the architecture, and a file too many does no harm.
 *
 * @param path Absolute path of the source.
 * @returns Each file once, in the order in which they are met.
 */
export async function readIncludes(path: string, text: string): Promise<IncludedFile[]> {
  const found = new Map<string, IncludedFile>();
  const queue = [{ path, text }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const [, name] of next.text.matchAll(INCLUDE)) {
      const place = isAbsolute(name!) ? name! : join(dirname(next.path), name!);
      if (place === path || found.has(place) || found.size === MOST) continue;
      const included = await readIfThere(place);
      if (included === null) continue;
      found.set(place, { path: place, text: included });
      queue.push({ path: place, text: included });
    }
  }
  return [...found.values()];
}

/** Null for what the compiler will look for elsewhere, or complain of. */
async function readIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return null;
  }
}
