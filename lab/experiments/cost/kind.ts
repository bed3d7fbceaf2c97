/** What costs are worth to comparisons, exports and ladders. */

import { OUTCOME_WORDS, outcomeOf } from "../../format/attempt_schema.ts";
import type { Figure } from "../../judgement/figure.ts";
import {
  type Attempt,
  attemptOf,
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
  attempts,
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

function attempts(result: CostResult): Attempt[] {
  const { technique, registerFailed = null } = result;
  const registering: Attempt = { technique, outcome: "failed", reason: registerFailed };
  return [attemptOf(result), ...registerFailed === null ? [] : [registering]];
}

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

/** Of two runs of one side what was measured counts most, and a failure least. */
const RANKS = { measured: 2, refused: 1, failed: 0 } as const;

function availability(result: CostResult): Statement {
  const { technique, callers, siblings, placement, errno } = result;
  const outcome = outcomeOf(result);
  const crew = `${callers} and ${siblings}${placement === "none" ? "" : ` ${placement}`}`;
  return {
    subject: `${technique}, callers and siblings ${crew}`,
    says: `${OUTCOME_WORDS[outcome]}${errno === null ? "" : ` (${errno})`}`,
    rank: RANKS[outcome],
    means: (right) =>
      mild(
        outcome === "failed" || right.startsWith(OUTCOME_WORDS.failed)
          ? "one side failed to measure it, which says nothing of the technique"
          : "only one side can use it",
      ),
  };
}
