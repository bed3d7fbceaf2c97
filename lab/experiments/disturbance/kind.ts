/** What harm to others is worth to comparisons. */

import type { Figure } from "../../judgement/figure.ts";
import { attemptOf, none, type ResultKind, subjectOf, whole } from "../../judgement/result_kind.ts";
import { mild } from "../../judgement/statement.ts";
import { NO_WEIGHT } from "../../judgement/weight.ts";
import type { DisturbanceResult } from "./disturbance_schema.ts";
import { disturbanceSubject } from "./disturbance_subject.ts";

const HARM_RANK = { hurt: 2, unharmed: 1, unclear: 0 };

/** Results of disturbance. */
export const disturbanceKind: ResultKind<DisturbanceResult> = {
  subjects: (result) => [
    subjectOf(
      result,
      "technique",
      "victim",
      "victimPriority",
      "work",
      "occupied",
      "callers",
      "rateHz",
    ),
  ],
  restrict: whole,
  weight: () => NO_WEIGHT,
  hasRun: ({ available }) => available,
  threads: ({ callers }) => callers + 1,
  brokenPromise: () => false,
  attempts: (result) => [attemptOf(result)],
  aliases: none,
  failure: () => null,
  verdict: () => null,
  checks: none,
  figures,
  statements: (result) =>
    !result.available ? [] : [{
      subject: disturbanceSubject(result),
      says: result.effect,
      rank: HARM_RANK[result.effect],
      means: (right) =>
        mild(
          result.effect === "unclear" || right === "unclear"
            ? "one side could not tell"
            : "only one side's victim is hurt",
        ),
    }],
  distributions: none,
  traces: none,
  observations: none,
  context: ["victim", "work", "callers", "rateHz"],
  parts: (result) => [result],
};

function figures(result: DisturbanceResult): Figure[] {
  const { technique, wakeupNs, idleNs, stolenShare } = result;
  if (!result.available) return [];
  const name = { technique, subject: disturbanceSubject(result) };
  const found: Figure[] = [];
  for (const [what, times] of [["wake-up", wakeupNs], ["idle wake-up", idleNs]] as const) {
    for (const quantile of ["p50", "p99"] as const) {
      if (times === null) continue;
      found.push({ ...name, figure: `${what} ${quantile}`, unit: "ns", value: times[quantile] });
    }
  }
  if (stolenShare !== null) {
    found.push({ ...name, figure: "stolen share", unit: "share", value: stolenShare });
  }
  return found;
}
