/**
 * Which programs are installed. None is run.
 *
 * @module
 */

import { findProgram } from "../../ffi/find_program.ts";

/** Where each program is; null if it is in no folder of PATH. */
export type Tools = Readonly<Record<string, string | null>>;

/**
 * Looks for programs in the folders of PATH, as a shell would.
 *
 * Needs permission to read those folders.
 *
 * @param names Names of programs, without folders.
 * @param path The value of PATH. Empty and relative entries are passed over: what lies in the
 * current folder is not installed.
 * @returns For each name the first executable file, or null.
 * @throws {Deno.errors.NotCapable} If Deno may not read a folder of PATH.
 */
export function findTools(names: readonly string[], path: string): Tools {
  return Object.fromEntries(names.map((name) => [name, findProgram(name, path)]));
}
