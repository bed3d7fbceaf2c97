/** Counts of the ordering experiment for tests. */

import type { OrderingCounts } from "../ordering_schema.ts";
import { orderingCountsSchema } from "../ordering_schema.ts";

const BLOCKS = 20;

/** So many in equal blocks: no more spread between them than there has to be. */
function spread(total: number): number[] {
  return Array.from(
    { length: BLOCKS },
    (_, block) => Math.floor(total * (block + 1) / BLOCKS) - Math.floor(total * block / BLOCKS),
  );
}

/** One sibling whose outcomes come evenly. */
export function siblingOf(
  counts: OrderingCounts["counts"],
  delay: OrderingCounts["delay"],
): NonNullable<OrderingCounts["siblings"]>[number] {
  const blocks = {
    turns: spread(counts.iterations),
    weak: spread(counts.weak),
    delayTurns: spread(delay.iterations),
    delayWeak: spread(delay.weak),
  };
  return { cpu: 1, counts, delay, interruptsPerOp: 1, preempted: 0, blocks };
}

/** A sound technique on a machine with power, changed as a test needs it. */
export function countsOf(changes: Partial<OrderingCounts> = {}): OrderingCounts {
  const { counts = sideOf(0, 20_000), delay = sideOf(2800, 10_000) } = changes;
  return orderingCountsSchema.parse({
    technique: "membarrier-private-expedited",
    shape: "sb",
    relation: "thread",
    habit: "spin",
    light: "barrier",
    callerCpu: 0,
    siblingCpu: 1,
    available: true,
    reason: null,
    errno: null,
    starved: false,
    clogged: "light",
    counts,
    delay,
    siblings: [siblingOf(counts, delay)],
    first: { iterations: 2800, weak: 0 },
    ruler: { turns: delay.iterations, brief: 0 },
    clog: { kind: "stream-store", count: 4 },
    calibration: { trials: [] },
    costNs: 8500,
    cloggedNs: 8600,
    interruptsPerOp: 1.01,
    preempted: 0,
    witnessBy: "a selector",
    witness: { hits: 300, samples: 300 },
    background: { hits: 1, samples: 300 },
    priority: "fifo",
    seconds: 0.8,
    ...changes,
  });
}

/** Counts of one side of the test: forbidden outcomes of turns. */
export function sideOf(weak: number, iterations: number): OrderingCounts["counts"] {
  return { iterations, weak, missed: 0, lightPeriodNs: 3000 };
}
