/** What a run means for the exit code. */

import type { Run } from "../run_schema.ts";
import { findTechnique } from "../techniques.ts";

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
 * 2 when a technique that promises ordering was seen not to order; 77 when the
 * run holds not one measurement or case that could be carried out.
 */
export function outcomeOf(run: Run): number {
  const broken = run.results.some((result) =>
    result.experiment === "ordering" && result.verdict === "not-ordered" &&
    findTechnique(result.technique)?.promise.startsWith("ordering")
  );
  if (broken) return ExitCode.notOrdered;
  const ran = run.results.some((result) => {
    if (result.experiment === "conformance") return result.cases.some((one) => !one.skipped);
    return result.experiment !== "cost" || (result.available && result.count > 0);
  });
  return ran ? ExitCode.done : ExitCode.nothingRan;
}

/** The exit code of a plan on several hosts: a broken promise counts most, then any failure. */
export function outcomeOfAll(codes: readonly number[]): number {
  for (const code of [ExitCode.notOrdered, ExitCode.error]) {
    if (codes.includes(code)) return code;
  }
  return codes.every((code) => code === ExitCode.nothingRan) ? ExitCode.nothingRan : ExitCode.done;
}
