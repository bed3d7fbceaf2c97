/** What answers of membarrier(2) are worth to comparisons, checks and ladders. */

import { none, type ResultKind, subjectOf, whole } from "../../judgement/result_kind.ts";
import { mild } from "../../judgement/statement.ts";
import { NO_WEIGHT } from "../../judgement/weight.ts";
import type { ConformanceResult } from "./conformance_schema.ts";

/** Results of conformance. */
export const conformanceKind: ResultKind<ConformanceResult> = {
  subjects: (result) => [subjectOf(result)],
  restrict: whole,
  weight: () => NO_WEIGHT,
  hasRun: ({ cases }) => cases.some(({ skipped }) => !skipped),
  threads: () => 1,
  brokenPromise: () => false,
  attempts: none,
  aliases: none,
  failure: () => null,
  verdict: () => null,
  checks: ({ cases }) =>
    cases.map(({ name, expected, actual, pass, skipped, note }) => ({
      name,
      outcome: skipped ? "skipped" : pass ? "passed" : "failed",
      why: skipped
        ? actual || (note ?? "not tried")
        : `expected ${expected}, answered ${actual}${note === null ? "" : `: ${note}`}`,
    })),
  figures: none,
  statements: ({ cases }) =>
    cases.map(({ name, actual, pass, skipped }) => ({
      subject: name,
      says: skipped ? "skipped" : `${actual}${pass ? "" : ", not as documented"}`,
      rank: skipped ? 0 : pass ? 1 : 2,
      means: (right) =>
        skipped || right === "skipped"
          ? mild("one side did not try it")
          : { words: "the kernels answer differently", grave: true },
    })),
  distributions: none,
  traces: none,
  observations: none,
  context: ["name"],
  parts: ({ cases }) => cases,
};
