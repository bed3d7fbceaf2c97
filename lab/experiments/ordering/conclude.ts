/** From counts of all arrangements to results with verdicts. */

import type { OrderingCounts, OrderingResult } from "./ordering_schema.ts";
import { type Arrangement, gateArrangements } from "./arrangements.ts";
import { evidenceFrom } from "./evidence.ts";
import { type Gates, judge, observation } from "./verdict.ts";

/** What one arrangement counted. */
export interface Counted {
  readonly arrangement: Arrangement;
  readonly counts: OrderingCounts;
}

/** What the controls showed that every verdict rests on. */
export function gatesOf(all: readonly Counted[]): Gates {
  // One that was not run has shown nothing
  const mustFail: Record<string, number> = {};
  for (const { technique, expected } of gateArrangements) {
    if (expected === "not-ordered") mustFail[technique] = 0;
  }
  let mustPassWeak: number | null = null;
  for (const { arrangement, counts: { counts } } of all) {
    if (!gateArrangements.includes(arrangement)) continue;
    if (arrangement.expected === "ordered") {
      mustPassWeak = (mustPassWeak ?? 0) + counts.weak;
    } else {
      mustFail[arrangement.technique] = counts.iterations === 0
        ? 0
        : counts.weak / counts.iterations;
    }
  }
  return { mustFail, mustPassWeak };
}

/** Gives every arrangement its verdict. */
export function concludeOrdering(all: readonly Counted[]): OrderingResult[] {
  const gates = gatesOf(all);
  return all.map(({ arrangement, counts }) => {
    const own = gateArrangements.includes(arrangement);
    // A gate is judged by its own counts: it cannot be excused by itself
    const judged = judge(counts, own ? { mustFail: {}, mustPassWeak: 0 } : gates);
    return {
      experiment: "ordering",
      technique: arrangement.technique,
      arrangement: arrangement.name,
      role: arrangement.role,
      expected: arrangement.expected,
      iterations: counts.counts.iterations,
      weak: counts.counts.weak,
      power: judged.power,
      bound: judged.bound,
      controls: {
        delay: { iterations: counts.delay.iterations, weak: counts.delay.weak },
        mustFail: gates.mustFail,
        mustPassWeak: gates.mustPassWeak,
      },
      evidence: evidenceFrom(counts),
      verdict: judged.verdict,
      why: judged.why,
      observation: observation(counts),
      counted: counts,
    };
  });
}
