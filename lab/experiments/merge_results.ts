/**
 * What runs of one host say together: the newest result of every measurement, but no proof is lost.
 *
 * That a technique was seen not to order stays true when a later run did not see it.
 */

import { NOTHING_MEASURED, PROOF } from "../judgement/weight.ts";
import { kindOf } from "./experiments.ts";
import { doubtsOf } from "./run/host_evidence.ts";
import type { Result, Run } from "./run/run_schema.ts";

/**
 * The weight of what a result says of one subject. Where nothing was measured although nothing was
 * refused, there is no evidence: any other result of that subject is better, however old.
 */
function weightOf(result: Result, subject: string, doubtful: boolean): number {
  const kind = kindOf(result);
  const own = kind.restrict(result, [subject]);
  const outcomes = kind.attempts(own).map(({ outcome }) => outcome);
  const failed = outcomes.length > 0 && outcomes.every((outcome) => outcome === "failed");
  const nothing = !kind.hasRun(own) && !outcomes.includes("refused");
  return failed || nothing ? NOTHING_MEASURED : kind.weight(own, doubtful);
}

/** The results of some runs of one host, newest run first, each with its run. */
export function mergeResults(runs: readonly Run[]): Map<Result, Run> {
  const winners = new Map<string, { run: Run; weight: number }>();
  for (const run of runs) {
    const doubtful = doubtsOf(run).length > 0;
    for (const result of run.results) {
      for (const subject of kindOf(result).subjects(result)) {
        const weight = weightOf(result, subject, doubtful);
        const known = winners.get(subject);
        if (known === undefined || weight > known.weight) winners.set(subject, { run, weight });
      }
    }
  }
  const merged = new Map<Result, Run>();
  for (const run of runs) {
    for (const result of run.results) {
      // Within one run nothing hides anything: two results of one subject are two measurements
      const subjects = kindOf(result).subjects(result);
      const own = subjects.filter((subject) => winners.get(subject)!.run === run);
      if (own.length === 0) continue;
      const kept = own.length === subjects.length ? result : kindOf(result).restrict(result, own);
      merged.set(kept, run);
    }
  }
  return merged;
}

/** Subjects of a run's results that prove a failure, each once: no newer result makes them untrue. */
export function failedSubjects({ results }: Run): string[] {
  const proofs = results.filter((result) => kindOf(result).weight(result, false) === PROOF);
  return [...new Set(proofs.flatMap((result) => kindOf(result).subjects(result)))];
}
