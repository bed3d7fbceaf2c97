/** What costs are worth to comparisons, exports and ladders. */

import type { Figure } from "../../judgement/figure.ts";
import {
  type Distribution,
  none,
  type ResultKind,
  subjectOf,
  whole,
} from "../../judgement/result_kind.ts";
import { mild, type Statement } from "../../judgement/statement.ts";
import { NO_WEIGHT } from "../../judgement/weight.ts";
import { formatCount } from "../../text/units.ts";
import type { CostResult } from "./cost_schema.ts";

/** Results of cost; their distributions are compared by compare.ts. */
export const costKind: ResultKind<CostResult> = {
  subjects: (result) => [subjectOf(result, "technique", "callers", "siblings", "placement")],
  restrict: whole,
  weight: () => NO_WEIGHT,
  hasRun: ({ available, count }) => available && count > 0,
  threads: ({ callers, siblings }) => callers + siblings,
  brokenPromise: () => false,
  attempts: (result) => [result],
  aliases: none,
  failure: () => null,
  verdict: () => null,
  checks: none,
  figures: registrationFigures,
  statements: (result) => [availability(result)],
  distributions,
  traces: none,
  observations: none,
  context: ["callers", "siblings", "placement"],
  parts: (result) => [result],
};

/** Registering stands with one result of its technique: it depends on no arrangement. */
function registrationFigures({ technique, registerNs }: CostResult): Figure[] {
  if (registerNs === null) return [];
  const subject = `registering for ${technique}`;
  const kinds = [
    ["first, one thread", registerNs.coldSingle],
    ["first, many threads", registerNs.coldThreaded],
    ["again", registerNs.warm],
  ] as const;
  return kinds.flatMap(([name, times]): Figure[] =>
    times === null || times.count === 0
      ? []
      : [{ technique, subject, figure: `${name} p50`, unit: "ns", value: times.p50 }]
  );
}

function distributions(
  { technique, callers, siblings, placement, seconds, available, histogram }: CostResult,
): Distribution[] {
  if (!available || histogram === null) return [];
  const crew = siblings === 0 ? "without sibling" : formatCount(siblings, "sibling");
  const tags = [technique, `${callers}x${siblings}-${placement}`];
  return [{ title: `${technique}, ${crew}`, tags, seconds, histogram }];
}

function availability(result: CostResult): Statement {
  const { technique, callers, siblings, placement, available, errno } = result;
  const crew = `${callers} and ${siblings}${placement === "none" ? "" : ` ${placement}`}`;
  return {
    subject: `${technique}, callers and siblings ${crew}`,
    says: available ? "available" : `not available${errno === null ? "" : ` (${errno})`}`,
    rank: available ? 1 : 0,
    means: () => mild("only one side can use it"),
  };
}
