/** What litmus shapes are worth to comparisons and checks. */

import { none, type ResultKind, subjectOf, whole } from "../../judgement/result_kind.ts";
import { mild } from "../../judgement/statement.ts";
import { NO_WEIGHT, PROOF } from "../../judgement/weight.ts";
import { findingOf, shapeObservation } from "./shapes.ts";
import type { ShapesResult } from "./shapes_schema.ts";

const NOT_RUN = "did not run";

/** Results of litmus shapes. */
export const shapesKind: ResultKind<ShapesResult> = {
  subjects: (result) => [subjectOf(result)],
  restrict: whole,
  weight: ({ shapes }) =>
    shapes.some(({ barrier, weak }) => barrier === "fence" && weak > 0) ? PROOF : NO_WEIGHT,
  hasRun: ({ shapes }) => shapes.some(({ ran }) => ran),
  threads: ({ cpus }) => cpus.length,
  brokenPromise: () => false,
  attempts: none,
  aliases: none,
  failure: () => null,
  verdict: () => null,
  checks: ({ shapes }, host) =>
    shapes.map((shape) => {
      const { outcome, words } = findingOf(shape, host);
      return {
        name: `${shape.shape}${shape.barrier === "fence" ? "+fences" : ""}`,
        outcome: outcome === "broken" ? "failed" : outcome === "not-run" ? "skipped" : "passed",
        why: words,
      };
    }),
  figures: none,
  statements: ({ shapes }) =>
    shapes.map(({ shape, barrier, ran, weak }) => ({
      subject: `${shape}, ${barrier === "fence" ? "full fences" : "no fence"}`,
      says: !ran ? NOT_RUN : weak > 0 ? "Sometimes" : "Never",
      rank: !ran ? 0 : weak > 0 ? 2 : 1,
      means: (right) =>
        mild(
          ran && right !== NOT_RUN
            ? "only one side showed this outcome"
            : "one side did not run it",
        ),
    })),
  distributions: none,
  traces: none,
  observations: ({ shapes }) => shapes.filter(({ ran }) => ran).map(shapeObservation),
  context: ["shape", "barrier"],
  parts: ({ shapes }) => shapes,
};
