import { disturbanceResult } from "../experiments/disturbance/effect.ts";
import type {
  DisturbanceCounts,
  DisturbanceResult,
} from "../experiments/disturbance/disturbance_schema.ts";

/** One side of a measurement: medians of its blocks in nanoseconds, or shares. */
export function sampleSide(
  blocks: readonly number[],
  changes: Partial<DisturbanceCounts["quiet"]> = {},
): DisturbanceCounts["quiet"] {
  const middle = blocks[Math.floor(blocks.length / 2)] ?? 0;
  return {
    ns: {
      min: middle,
      p50: middle,
      p90: middle * 1.2,
      p99: middle * 2,
      p999: middle * 3,
      max: middle * 4,
      mean: middle,
    },
    count: 200 * blocks.length,
    blocks: [...blocks],
    stolenShare: null,
    woken: null,
    interrupts: 10,
    ...changes,
  };
}

/** Counts of the disturbance experiment that the schema accepts, for tests. */
export function sampleDisturbanceCounts(
  changes: Partial<DisturbanceCounts> = {},
): DisturbanceCounts {
  return {
    technique: "membarrier-private-expedited",
    victim: "same-process",
    work: "wakes",
    victimPriority: "fifo",
    occupied: true,
    callers: 1,
    rateHz: 0,
    callerCpus: [1],
    victimCpu: 0,
    available: true,
    reason: null,
    errno: null,
    ops: 20_000,
    quiet: sampleSide([12_800, 13_000, 13_100]),
    storm: sampleSide([35_000, 36_000, 37_000]),
    seconds: 0.5,
    ...changes,
  };
}

/** A result of the disturbance experiment. */
export function sampleDisturbance(changes: Partial<DisturbanceCounts> = {}): DisturbanceResult {
  return disturbanceResult(sampleDisturbanceCounts(changes));
}
