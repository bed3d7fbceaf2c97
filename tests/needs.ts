/** Tests that need something of the machine: skipped with a reason where it is not there. */

import { findProgram } from "../ffi/find_program.ts";

/** Part of a test definition; see {@linkcode needs}. */
export interface Needed {
  readonly name: string;
  readonly ignore: boolean;
}

/**
 * Names a test and says what it needs.
 *
 * A need that is not met makes the runner count the test as skipped, with the reason in its name.
 *
 * @param needed Pairs of what is needed and whether it is there.
 */
export function needs(name: string, needed: Readonly<Record<string, boolean>>): Needed {
  const lacking = Object.entries(needed).filter(([, there]) => !there).map(([what]) => what);
  return lacking.length === 0
    ? { name, ignore: false }
    : { name: `${name} (skipped: needs ${lacking.join(", ")})`, ignore: true };
}

/** Whether a program is on PATH. */
export function hasProgram(program: string): boolean {
  return findProgram(program, Deno.env.get("PATH") ?? "") !== null;
}

/** Whether the tests run as root. */
export const isRoot: boolean = Deno.uid() === 0;

/** CPUs that this process may use. */
export const cpus: number = navigator.hardwareConcurrency;
