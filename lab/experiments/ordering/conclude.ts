/** From counts of all arrangements to results with verdicts. */

import type { OrderingCounts, OrderingResult } from "./ordering_schema.ts";
import { type Arrangement, gateArrangements } from "./arrangements.ts";
import { evidenceFrom } from "./evidence.ts";
import { alike } from "./power.ts";
import { forbiddenIn, type Gates, holdsFor, judge, observation } from "./verdict.ts";

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
    if (expected === "not-ordered" && !isDelay(technique)) mustFail[technique] = 0;
  }
  let mustPassWeak: number | null = null;
  const unlike: string[] = [];
  for (const { arrangement, counts: counted } of all) {
    const { counts } = counted;
    if (isDelay(arrangement.technique)) {
      if (!alike(counted)) unlike.push(`${arrangement.technique} (${arrangement.name})`);
      continue;
    }
    if (!gateArrangements.includes(arrangement)) continue;
    if (arrangement.expected === "ordered") {
      mustPassWeak = (mustPassWeak ?? 0) + forbiddenIn(counted);
    } else {
      mustFail[arrangement.technique] = counts.iterations === 0
        ? 0
        : counts.weak / counts.iterations;
    }
  }
  return { mustFail, mustPassWeak, unlike };
}

/** Whether a technique is the same thing as the delay that it is measured by. */
function isDelay(technique: string): boolean {
  return technique === "delay" || technique === "mutant-noop";
}

/**
 * Gives every arrangement its verdict.
 *
 * @param kernel The release for which it holds.
 */
export function concludeOrdering(all: readonly Counted[], kernel: string): OrderingResult[] {
  const gates = gatesOf(all);
  return all.map(({ arrangement, counts }) => {
    const own = gateArrangements.includes(arrangement);
    // A gate is judged by its own counts: it cannot be excused by itself
    const judged = judge(counts, own ? { mustFail: {}, mustPassWeak: 0, unlike: [] } : gates);
    return {
      experiment: "ordering",
      technique: arrangement.technique,
      arrangement: arrangement.name,
      role: arrangement.role,
      expected: arrangement.expected,
      iterations: counts.counts.iterations,
      weak: counts.counts.weak,
      power: judged.power.rate,
      bound: judged.bound,
      siblings: counts.siblings?.length ?? 0,
      holds: holdsFor(counts, judged, kernel),
      controls: {
        delay: { iterations: counts.delay.iterations, weak: counts.delay.weak },
        mustFail: gates.mustFail,
        mustPassWeak: gates.mustPassWeak,
        unlike: [...gates.unlike],
      },
      evidence: evidenceFrom(counts),
      verdict: judged.verdict,
      why: judged.why,
      observation: observation(counts),
      counted: counts,
    };
  });
}
