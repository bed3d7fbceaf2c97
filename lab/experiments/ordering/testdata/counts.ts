/** Counts of the ordering experiment for tests. */

import type { OrderingCounts } from "../ordering_schema.ts";
import { orderingCountsSchema } from "../ordering_schema.ts";

/** A sound technique on a machine with power, changed as a test needs it. */
export function countsOf(changes: Partial<OrderingCounts> = {}): OrderingCounts {
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
    counts: { iterations: 20_000, weak: 0, missed: 0, lightPeriodNs: 3400 },
    delay: { iterations: 10_000, weak: 9800, missed: 0, lightPeriodNs: 3300 },
    clog: { kind: "stream-store", count: 4 },
    calibration: { delayNs: 8500, trials: [] },
    costNs: 8500,
    costAfterNs: 8600,
    cloggedNs: 19_000,
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
