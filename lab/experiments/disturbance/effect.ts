/** Whether a victim was hurt: rules by which two kinds of blocks become words. */

import { quantileSorted } from "simple-statistics";
import type { DisturbanceCounts, DisturbanceResult } from "./disturbance_schema.ts";

/** Numbers of the rules. */
export const EFFECT_RULES = {
  /** Latency under the storm, as a multiple of that without it, from which a victim is hurt … */
  hurtRatio: 1.5,
  /** … and up to which it is not. */
  unharmedRatio: 1.1,
  /** The same for the share of its CPU that a running victim loses. */
  hurtShare: 0.1,
  unharmedShare: 0.02,
  /** The same for wakeups of a sleeping victim per call. */
  hurtWoken: 0.5,
  unharmedWoken: 0.01,
  /** The slowest 1 %, as a multiple, from which a victim is not called unharmed. */
  tailRatio: 3,
  /** Blocks of each kind below which nothing is said. */
  leastBlocks: 3,
} as const;

/** An effect with its reason. */
export interface Effect {
  readonly effect: DisturbanceResult["effect"];
  readonly why: string;
}

function graded(value: number, unharmed: number, hurt: number, words: string): Effect {
  const effect = value >= hurt ? "hurt" : value <= unharmed ? "unharmed" : "unclear";
  return { effect, why: words };
}

/** Median and quartiles of blocks. */
interface Spread {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** @param blocks Ascending. */
function spreadOf(blocks: readonly number[]): Spread {
  const values = [...blocks];
  return {
    low: quantileSorted(values, 0.25),
    middle: quantileSorted(values, 0.5),
    high: quantileSorted(values, 0.75),
  };
}

/** Judges what a storm did to its victim. */
export function effectOf(counts: DisturbanceCounts): Effect {
  const { available, reason, work, quiet, storm, ops } = counts;
  if (!available) return { effect: "unclear", why: `not measured: ${reason ?? "no reason given"}` };
  if (work === "sleeps") {
    const woken = ops === 0 ? 0 : (storm.woken ?? 0) / ops;
    return graded(
      woken,
      EFFECT_RULES.unharmedWoken,
      EFFECT_RULES.hurtWoken,
      `woken ${woken.toFixed(2)} times per call`,
    );
  }
  if (Math.min(quiet.blocks.length, storm.blocks.length) < EFFECT_RULES.leastBlocks) {
    return { effect: "unclear", why: "too few blocks in the time that was given" };
  }
  const [before, after] = [spreadOf(quiet.blocks), spreadOf(storm.blocks)];
  if (work === "runs") return effectOnRunning(before, after);
  const ratio = before.middle > 0 ? after.middle / before.middle : 1;
  const words = work === "wakes"
    ? `wakes up ${ratio.toFixed(2)} times as late`
    : `its calls take ${ratio.toFixed(2)} times as long`;
  const judged = graded(ratio, EFFECT_RULES.unharmedRatio, EFFECT_RULES.hurtRatio, words);
  // Quartiles that overlap could be luck, whatever the medians say
  if (judged.effect === "hurt" && after.low <= before.high) return spread(words);
  if (judged.effect !== "unharmed") return judged;
  // Where quiet blocks differ by as much as a harm would, none can be excluded
  if (before.high >= EFFECT_RULES.hurtRatio * before.low) return spread(words);
  const tail = (storm.ns?.p99 ?? 0) / Math.max(1, quiet.ns?.p99 ?? 0);
  return tail >= EFFECT_RULES.tailRatio
    ? { effect: "unclear", why: `${words}, but the slowest 1 % ${tail.toFixed(0)} times` }
    : judged;
}

function effectOnRunning(before: Spread, after: Spread): Effect {
  const lost = Math.max(0, after.middle - before.middle);
  const words = `loses ${(lost * 100).toFixed(1)} % of its CPU`;
  const judged = graded(lost, EFFECT_RULES.unharmedShare, EFFECT_RULES.hurtShare, words);
  if (judged.effect === "hurt" && after.low <= before.high) return spread(words);
  const noisy = before.high - before.low >= EFFECT_RULES.hurtShare;
  return judged.effect === "unharmed" && noisy ? spread(words) : judged;
}

function spread(words: string): Effect {
  return { effect: "unclear", why: `${words}, but blocks alike spread as widely` };
}

/** A result from what the core measured. */
export function disturbanceResult(counts: DisturbanceCounts): DisturbanceResult {
  const { work, quiet, storm } = counts;
  const lost = quiet.stolenShare === null || storm.stolenShare === null
    ? null
    : Math.max(0, storm.stolenShare - quiet.stolenShare);
  return {
    experiment: "disturbance",
    ...counts,
    wakeupNs: work === "wakes" ? storm.ns : null,
    idleNs: work === "wakes" ? quiet.ns : null,
    stolenShare: lost,
    ...effectOf(counts),
  };
}
