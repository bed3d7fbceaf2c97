/** What a run means for the exit code. */

import { brokenPromises } from "../experiments/ordering/score.ts";
import { staleFlavours } from "../experiments/rcu/stale.ts";
import type { Result, Run } from "../experiments/run/run_schema.ts";
import { findTechnique } from "../format/techniques.ts";

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
 * 2 when a technique that promises ordering, or to make replaced code seen, was
 * seen not to, or readers of an RCU built on it held freed objects; 77 when the run holds not one
 * measurement or case that could be carried out.
 */
export function outcomeOf(run: Run): number {
  const orderings = run.results.filter((result) => result.experiment === "ordering");
  if (brokenPromises(orderings).length > 0) return ExitCode.notOrdered;
  const stale = run.results.some((result) =>
    result.experiment === "core-sync" && result.verdict === "not-ordered" &&
    findTechnique(result.technique)?.promise === "ordering+core-sync"
  );
  if (stale) return ExitCode.notOrdered;
  if (staleFlavours(run.results).some(({ promised }) => promised)) return ExitCode.notOrdered;
  return run.results.some(hasRun) ? ExitCode.done : ExitCode.nothingRan;
}

/** Whether a result holds a measurement or a case; each experiment says itself what that is. */
function hasRun(result: Result): boolean {
  switch (result.experiment) {
    case "conformance":
      return result.cases.some((one) => !one.skipped);
    case "cost":
      return result.available && result.count > 0;
    case "ordering":
      return result.iterations > 0;
    case "core-sync":
      return result.modifications > 0;
    case "shapes":
      return result.shapes.some((one) => one.ran);
    case "rcu":
      return result.reads > 0;
    case "disturbance":
      return result.available;
    case "capture":
      return result.available && result.techniques.some(({ ops }) => ops > 0);
  }
}

/** The exit code of a plan on several hosts: a broken promise counts most, then any failure. */
export function outcomeOfAll(codes: readonly number[]): number {
  for (const code of [ExitCode.notOrdered, ExitCode.error]) {
    if (codes.includes(code)) return code;
  }
  return codes.every((code) => code === ExitCode.nothingRan) ? ExitCode.nothingRan : ExitCode.done;
}
