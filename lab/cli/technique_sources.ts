/** Techniques of the user's own that a command line names: `--technique-source FILE.c`. */

import { readUserSource, type UserSource, UserSourceError } from "../../ffi/user_source.ts";
import type { CommandLine } from "./parse.ts";
import { userPath } from "./paths.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Their sources, in the order in which they are named.
 *
 * @throws {UsageError} If one cannot be read or two have one name.
 */
export async function techniqueSourcesOf(line: CommandLine): Promise<readonly UserSource[]> {
  const files = line.values("technique-source");
  const sources = await Promise.all(files.map(read));
  for (const [at, { name }] of sources.entries()) {
    if (sources.findIndex((one) => one.name === name) === at) continue;
    throw new UsageError(
      `Cannot use '${files[at]}' as a technique: another file gives 'user:${name}' already. ` +
        "Remedy: rename one of them",
    );
  }
  return sources;
}

async function read(file: string): Promise<UserSource> {
  try {
    return await readUserSource(userPath(file), file);
  } catch (cause) {
    if (!(cause instanceof UserSourceError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}
