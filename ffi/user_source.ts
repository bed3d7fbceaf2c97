/** C files of the user's own that become techniques; see core/user_fence.h. */

import { dirname, isAbsolute, join } from "node:path";

/** One such file. */
export interface UserSource {
  /** The file's name without `.c`; the technique is `user:NAME`. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
  /** Files that it includes: what is built depends on them as well. */
  readonly includes: readonly IncludedFile[];
}

/** A file cannot be taken for a technique. */
export class UserSourceError extends Error {
  override readonly name = "UserSourceError";
}

const NAME = /^[a-z0-9_-]{1,32}$/;
const FUNCTIONS = ["setup", "heavy", "light", "teardown"] as const;

/**
 * Reads a technique's source.
 *
 * @param path Absolute.
 * @param shown The file as the user named it, for messages.
 * @throws {UserSourceError} If it cannot be read, or its name is no name of a technique.
 */
export async function readUserSource(path: string, shown: string = path): Promise<UserSource> {
  const name = /([^/]*)\.c$/.exec(path)?.[1] ?? "";
  if (!NAME.test(name)) {
    throw new UserSourceError(
      `Cannot use '${shown}' as a technique: its name must be 1 to 32 of a-z, 0-9, _ and -, then ` +
        ".c. Remedy: rename the file, for instance to my_fence.c",
    );
  }
  try {
    const text = await Deno.readTextFile(path);
    return { name, path, text, includes: await readIncludes(path, text) };
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const why = cause instanceof Deno.errors.NotFound
      ? "there is no such file"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    throw new UserSourceError(
      `Cannot read the technique '${shown}': ${why}. Remedy: name an existing C file`,
      { cause },
    );
  }
}

/** Several can be linked together because each file's functions get names of their own. */
function symbol(at: number, name: string): string {
  return `fencelab_user${at}_${name}`;
}

/** Compiler flags for the `at`-th source; no warning keeps a user's file from being tried. */
export function userSourceFlags(at: number): string[] {
  return [
    ...["-std=gnu11", "-D_GNU_SOURCE", "-O2", "-g", "-pthread", "-fPIC", "-fvisibility=hidden"],
    // Else the linker would complain instead, without a line
    "-Werror=implicit-function-declaration",
    ...["-iquote", "core"],
    ...FUNCTIONS.map((name) => `-Dfence_${name}=${symbol(at, name)}`),
  ];
}

/** The definition by which core/technique/user.c knows the sources. */
export function userSourcesDefine(sources: readonly UserSource[]): string {
  const entries = sources.map(({ name }, at) => `EACH(${at}, "${name}")`).join(" ");
  return `-DFENCELAB_USER_FENCES(EACH)=${entries}`;
}

/** What a compiler says, with the functions' names as the user wrote them. */
export function asWritten(words: string): string {
  const renamed = new RegExp(`fencelab_user\\d+_(${FUNCTIONS.join("|")})\\b`, "g");
  return words.replaceAll(renamed, "fence_$1");
}

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
async function readIncludes(path: string, text: string): Promise<IncludedFile[]> {
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
