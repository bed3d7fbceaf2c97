import type { RcuResult } from "../experiments/rcu/rcu_schema.ts";

/** A control in which so many readers were stale, the same in each round. */
export function sampleControl(staleInRound: number): NonNullable<RcuResult["control"]> {
  const round = { gracePeriods: 1000, stale: staleInRound };
  const rounds = Array.from({ length: 8 }, () => round);
  const all = rounds.length * round.gracePeriods;
  const stale = rounds.length * staleInRound;
  return { seconds: 1, reads: 1e6, writes: all, gracePeriods: all, stale, rounds };
}

/** A result of the rcu experiment that the schema accepts, for tests. */
export function sampleRcu(changes: Partial<RcuResult> = {}): RcuResult {
  const ns = {
    min: 1,
    p50: 20_000,
    p90: 22_000,
    p99: 33_000,
    p999: 40_000,
    max: 1e6,
    mean: 21_000,
  };
  return {
    experiment: "rcu",
    flavour: "membarrier",
    technique: "membarrier-private-expedited",
    mode: "bench",
    mutant: false,
    readers: 6,
    writers: 2,
    readerCpus: [0, 1],
    writerCpus: [0, 1],
    available: true,
    reason: null,
    errno: null,
    seconds: 10,
    reads: 23_000_000_000,
    writes: 1000,
    stale: 0,
    readNs: { ...ns, p50: 0.825 },
    gracePeriodNs: ns,
    histogram: null,
    priority: "autogroup",
    ...changes,
  };
}
