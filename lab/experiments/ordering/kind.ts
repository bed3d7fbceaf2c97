/** What verdicts about ordering are worth to comparisons, checks and ladders. */

import { attemptOf, none, type ResultKind, subjectOf, whole } from "../../judgement/result_kind.ts";
import { verdictCheck } from "../../judgement/check.ts";
import { verdictStatement } from "../../judgement/statement.ts";
import { weightOfVerdict } from "../../judgement/weight.ts";
import type { OrderingResult } from "./ordering_schema.ts";
import { brokenPromises } from "./score.ts";
import { failedTurns } from "./verdict.ts";

/** Results of ordering. */
export const orderingKind: ResultKind<OrderingResult> = {
  subjects: (result) => [subjectOf(result, "technique", "arrangement", "role")],
  restrict: whole,
  weight: ({ verdict, expected }, doubtful) =>
    weightOfVerdict(verdict, expected === "not-ordered", doubtful),
  hasRun: ({ iterations }) => iterations > 0,
  threads: ({ siblings = 1 }) => 1 + siblings,
  brokenPromise: (result) => brokenPromises([result]).length > 0,
  attempts: ({ technique, counted }) => [attemptOf({ ...counted, technique })],
  aliases: none,
  // Restarts are seen by an experiment of their own
  failure: (result, technique, need) =>
    need !== "rseq-restart" && result.technique === technique && result.verdict === "not-ordered" &&
      counts(result)
      ? `${result.arrangement} (${failedTurns(result.counted)})`
      : null,
  verdict: ({ technique, role, arrangement, expected, verdict, why, holds }) => ({
    technique,
    context: `${role}: ${arrangement}`,
    expected,
    verdict,
    why: holds ?? why,
  }),
  checks: (result) => [
    verdictCheck(
      `${result.role}: ${result.technique}, ${result.arrangement}`,
      { verdict: result.verdict, why: result.holds ?? result.why },
      result.expected,
    ),
  ],
  figures: none,
  statements: ({ technique, role, arrangement, verdict }) => [
    verdictStatement(
      `${technique}, ${role}: ${arrangement}`,
      verdict,
      role === "control" || role === "mutant",
    ),
  ],
  distributions: none,
  traces: none,
  observations: ({ observation }) => [observation],
  context: ["role", "arrangement"],
  parts: (result) => [result],
};

/** Whether it bears on the technique: not if it was built to fail, as controls and mutants are. */
function counts({ role, expected }: OrderingResult): boolean {
  if (role === "technique" || role === "scenario" || role === "caller") {
    return expected !== "not-ordered";
  }
  return (role === "pair" || role === "mechanism") && expected === "ordered";
}
