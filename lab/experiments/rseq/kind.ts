/** What verdicts about restartable sections are worth to comparisons, checks and ladders. */

import type { Check } from "../../judgement/check.ts";
import { attemptOf, none, type ResultKind, subjectOf, whole } from "../../judgement/result_kind.ts";
import { mild, type Statement } from "../../judgement/statement.ts";
import { NO_WEIGHT, PROOF } from "../../judgement/weight.ts";
import { rseqSubject } from "./rseq_subject.ts";
import type { RseqResult, RseqVerdict } from "./rseq_schema.ts";
import { expectedOfRseq, isTold, wentOn } from "./rseq_verdict.ts";

/** What was seen beats what was not, and that beats what could not be seen. */
const RANK: Readonly<Record<RseqVerdict, number>> = {
  "not-restarted": 3,
  "not-spared": 3,
  "restarted": 2,
  "spared": 2,
  "not-discriminable": 1,
  "starved": 0,
};

/** Results of rseq. */
export const rseqKind: ResultKind<RseqResult> = {
  subjects: (result) => [subjectOf(result, "technique", "role", "aim", "siblings")],
  restrict: whole,
  weight,
  hasRun: ({ called }) => called.turns > 0,
  threads: ({ siblings }) => siblings + 1,
  brokenPromise: broken,
  attempts: (result) => [attemptOf(result)],
  aliases: none,
  failure: ({ technique, role, called, verdict }, asked, need) =>
    need === "rseq-restart" && technique === asked && role === "aimed" &&
      verdict === "not-restarted"
      ? `sections went on after ${wentOn(called)} of ${called.turns} calls`
      : null,
  verdict: () => null,
  checks: (result) => [checkOf(result)],
  figures: none,
  statements: (result) => result.available ? [statementOf(result)] : [],
  distributions: none,
  traces: none,
  observations: none,
  context: ["role", "aim", "siblings"],
  parts: (result) => [result],
};

function weight(result: RseqResult, doubtful: boolean): number {
  if (RANK[result.verdict] === 3) return PROOF;
  return RANK[result.verdict] === 2 && !doubtful ? 2 : NO_WEIGHT;
}

/** Whether documentation was seen to be wrong: a control that does otherwise promised nothing. */
function broken(result: RseqResult): boolean {
  const expected = expectedOfRseq(result);
  return isTold(result.verdict) && expected !== null && expected !== result.verdict &&
    expected !== "not-restarted";
}

function checkOf(result: RseqResult): Check {
  const { verdict, holds: why } = result;
  const name = rseqSubject(result);
  if (!isTold(verdict)) return { name, outcome: "skipped", why: `${verdict}: ${why}` };
  const expected = expectedOfRseq(result);
  return {
    name,
    outcome: expected === null || expected === verdict ? "passed" : "failed",
    why: `${verdict}, promised: ${expected ?? "nothing"}: ${why}`,
    notable: expected === null && RANK[verdict] === 3,
    ordered: RANK[verdict] === 2,
  };
}

function statementOf(result: RseqResult): Statement {
  return {
    subject: rseqSubject(result),
    says: result.verdict,
    rank: RANK[result.verdict],
    means(right): { words: string; grave: boolean } {
      for (const [side, says] of [["right", right], ["left", result.verdict]] as const) {
        if (!isTold(says as RseqVerdict)) return mild(`the ${side} could not tell`);
      }
      const [one, other] = RANK[right as RseqVerdict] === 3 ? ["right", "left"] : ["left", "right"];
      const what = result.role === "aimed"
        ? `on the ${one} sections went on that calls restart on the ${other}`
        : `on the ${one} calls restart siblings that they spare on the ${other}`;
      return { words: what, grave: expectedOfRseq(result) !== "not-restarted" };
    },
  };
}
