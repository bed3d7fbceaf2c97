/** What captures are worth to comparisons and ladders. */

import type { Figure } from "../../judgement/figure.ts";
import { attemptOf, none, type ResultKind, subjectOf } from "../../judgement/result_kind.ts";
import { mild, type Statement } from "../../judgement/statement.ts";
import { NO_WEIGHT } from "../../judgement/weight.ts";
import type { CapturedTechnique, CaptureResult } from "./capture_schema.ts";

/** Results of capture: each is about every technique that it holds. */
export const captureKind: ResultKind<CaptureResult> = {
  subjects: (result) =>
    result.techniques.length === 0 ? [subjectOf(result)] : result.techniques.map(subject),
  restrict: (result, subjects) => ({
    ...result,
    techniques: result.techniques.filter((row) => subjects.includes(subject(row))),
  }),
  weight: () => NO_WEIGHT,
  hasRun: ({ available, techniques }) => available && techniques.some(({ ops }) => ops > 0),
  threads: () => 1,
  brokenPromise: () => false,
  attempts: ({ techniques }) => techniques.map(attemptOf),
  aliases: none,
  failure: () => null,
  verdict: () => null,
  checks: none,
  figures: ({ techniques }) => techniques.flatMap(figures),
  statements: ({ techniques }) =>
    techniques.filter((row) => row.available && row.ops > 0).flatMap(statements),
  distributions: none,
  traces: ({ trace, index }) => trace === null ? [] : [{ trace, index }],
  observations: none,
  context: [],
  parts: ({ techniques }) => techniques,
};

function subject({ technique }: CapturedTechnique): string {
  return JSON.stringify(["capture", technique]);
}

function figures(row: CapturedTechnique): Figure[] {
  const { technique } = row;
  const steps = [
    ["enter to send", row.enterToSendNs],
    ["send to entry", row.sendToEntryNs],
    ["handler", row.handlerNs],
    ["exit to return", row.exitToReturnNs],
  ] as const;
  return steps.flatMap(([name, times]): Figure[] =>
    times === null || times.count === 0
      ? []
      : [{ technique, subject: technique, figure: `${name} p50`, unit: "ns", value: times.p50 }]
  );
}

function statements(row: CapturedTechnique): Statement[] {
  const functions: Statement = {
    subject: `${row.technique}, what the targets run`,
    says: row.functions.length === 0 ? "nothing" : [...row.functions].sort().join(", "),
    rank: row.functions.length,
    means: () => mild("the kernels do it by other functions"),
  };
  if (row.ipisPerOp === null) return [functions];
  return [{
    subject: `${row.technique}, interrupts per operation`,
    says: row.ipisPerOp.toFixed(2),
    rank: row.ops,
    amount: row.ipisPerOp,
    means: () => mild("other interrupts"),
  }, functions];
}
