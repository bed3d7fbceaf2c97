/** What verdicts about replaced code are worth to comparisons, checks and ladders. */

import { verdictCheck } from "../../judgement/check.ts";
import { attemptOf, none, type ResultKind, subjectOf, whole } from "../../judgement/result_kind.ts";
import { verdictStatement } from "../../judgement/statement.ts";
import { weightOfVerdict } from "../../judgement/weight.ts";
import type { CoreSyncResult } from "./core_sync_schema.ts";
import { expectedOfCoreSync } from "./core_sync_verdict.ts";

/** Results of core-sync. */
export const coreSyncKind: ResultKind<CoreSyncResult> = {
  subjects: (result) => [subjectOf(result, "technique", "order")],
  restrict: whole,
  weight: ({ verdict, order }, doubtful) =>
    weightOfVerdict(verdict, order === "publish-first", doubtful),
  hasRun: ({ modifications }) => modifications > 0,
  threads: () => 2,
  brokenPromise: (result) =>
    result.verdict === "not-ordered" && expectedOfCoreSync(result) === "ordered",
  attempts: (result) => [attemptOf(result)],
  aliases: none,
  // Publishing first is wrong whatever the technique, and without any nothing was to be prevented
  failure: ({ technique, order, verdict, stale, calls }, asked, need) =>
    need === "core-sync" && technique === asked && technique !== "none" &&
      order === "code-first" && verdict === "not-ordered"
      ? `replaced code still ran (${stale} of ${calls} calls)`
      : null,
  verdict: (result) => ({
    technique: result.technique,
    context: result.order,
    expected: expectedOfCoreSync(result),
    verdict: result.verdict,
    why: result.why,
  }),
  checks: (result) => [
    verdictCheck(`${result.technique}, ${result.order}`, result, expectedOfCoreSync(result)),
  ],
  figures: none,
  // Published before it is replaced, code must be seen stale, and without any technique it may
  statements: ({ technique, order, verdict }) => [
    verdictStatement(
      `${technique}, ${order}`,
      verdict,
      order === "publish-first" || technique === "none",
    ),
  ],
  distributions: none,
  traces: none,
  observations: none,
  context: ["order"],
  parts: (result) => [result],
};
