/** What a run means for the exit code. */

import { kindOf } from "../experiments/experiments.ts";
import type { Run } from "../experiments/run/run_schema.ts";

/** Exit codes of the lab. */
export const ExitCode = {
  done: 0,
  error: 1,
  notOrdered: 2,
  nothingRan: 77,
  interrupted: 130,
} as const;

/**
 * The exit code of a finished run.
 *
 * 2 when a technique that promises ordering, to make replaced code seen, or to restart sections was
 * seen not to, or readers of an RCU built on it held freed objects; 77 when the run holds not one
 * measurement or case that could be carried out, but 1 where that is for something that went wrong.
 */
export function outcomeOf({ results }: Run): number {
  if (results.some((result) => kindOf(result).brokenPromise(result))) return ExitCode.notOrdered;
  const ran = results.some((result) => kindOf(result).hasRun(result));
  if (ran) return ExitCode.done;
  const failed = results.some((result) =>
    kindOf(result).attempts(result).some(({ outcome }) => outcome === "failed")
  );
  return failed ? ExitCode.error : ExitCode.nothingRan;
}

/** The exit code of a plan on several hosts: a broken promise counts most, then any failure. */
export function outcomeOfAll(codes: readonly number[]): number {
  for (const code of [ExitCode.notOrdered, ExitCode.error]) {
    if (codes.includes(code)) return code;
  }
  return codes.every((code) => code === ExitCode.nothingRan) ? ExitCode.nothingRan : ExitCode.done;
}
