import { CONFIDENCE } from "../statistics/order_ranks.ts";
import {
  type LogInterval,
  ratioInterval,
  type Replicates,
  sideInterval,
} from "../statistics/replicates.ts";
import type { Estimate, Judgement, Rules, TimeVerdict } from "./comparison.ts";

/**
 * The smallest change worth a verdict: alignment of code and pages alone moves times by a few per
 * cent (Mytkowicz et al., Producing Wrong Data Without Doing Anything Obviously Wrong, 2009).
 */
const MINIMUM = 0.05;

/** Noise from which a change of a tenth might go unseen, so that "no change" would say too much. */
const TOO_NOISY = 0.1;

/** How verdicts are reached. */
export const RULES: Rules = {
  confidence: CONFIDENCE,
  minimum: MINIMUM,
  tooNoisy: TOO_NOISY,
  words: [
    "Intervals hold the true value with 95 % confidence: within a run by order statistics of its " +
    "samples, which are taken as independent; with several runs on a side also by Student's t from " +
    "the spread between them, and the wider one counts.",
    `The threshold is the greatest of ${MINIMUM * 100} %, the clock's step, and the noise: the ` +
    "reach of the ratio's interval towards 1.",
    "Faster, slower: the ratio is beyond the threshold. Too noisy: it is not, but the noise is " +
    `above ${TOO_NOISY * 100} %. No change: it is not, and a change above the threshold would ` +
    "have been seen.",
    "One run on each side cannot tell a change from the difference between any two runs: give " +
    "several runs for a verdict that lasts. Tails and rates differ so much between runs alike that " +
    "they get a verdict from several runs alone.",
    "delta: Cliff's, from -1 (all of the right below the left) to 1; below 0.147 negligible, below " +
    "0.33 small, below 0.474 medium (Romano et al. 2006).",
  ],
};

/**
 * Judges the factor from left to right.
 *
 * @param step The clock's step as a share of the smaller side; 0 where no clock limits.
 * @param moreIs Which verdict an increase gets: a time that grows is slower, a rate faster.
 */
export function judge(
  left: Replicates,
  right: Replicates,
  step: number,
  moreIs: "slower" | "faster" = "slower",
): Judgement {
  const interval = ratioInterval(left, right);
  const { centre } = interval;
  const [down, up] = [centre - interval.low, interval.high - centre];
  const towardsOne = centre > 0 ? down : centre < 0 ? up : Math.max(down, up);
  const limits = [
    { size: Math.log1p(MINIMUM), from: "minimum" as const },
    { size: Math.log1p(step), from: "clock-step" as const },
    { size: towardsOne, from: interval.from },
  ];
  const limit = limits.reduce((most, one) => one.size > most.size ? one : most);
  return {
    ratio: ratioOf(interval),
    threshold: finite(Math.expm1(limit.size)),
    thresholdFrom: limit.from,
    verdict: verdictOf(centre, limit.size, Math.max(down, up), moreIs),
  };
}

function verdictOf(
  centre: number,
  threshold: number,
  noise: number,
  moreIs: "slower" | "faster",
): TimeVerdict {
  if (Math.abs(centre) > threshold) {
    return (centre > 0) === (moreIs === "slower") ? "slower" : "faster";
  }
  return noise > Math.log1p(TOO_NOISY) || threshold > Math.log1p(TOO_NOISY)
    ? "too-noisy"
    : "no-change";
}

/** Nothing to judge: why stands in the words beside it. */
export const NOT_COMPARED: Judgement = {
  ratio: null,
  threshold: null,
  thresholdFrom: null,
  verdict: "not-compared",
};

/** One side's value with its interval, in the unit of the estimates that it was made of. */
export function estimateOf(side: Replicates): Estimate {
  return ratioOf(sideInterval(side));
}

function ratioOf({ centre, low, high }: LogInterval): Estimate {
  return {
    value: Math.exp(centre),
    low: finite(Math.exp(low)) || null,
    high: finite(Math.exp(high)),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

const FROM: Record<NonNullable<Judgement["thresholdFrom"]>, string> = {
  "minimum": "the least that counts",
  "clock-step": "the clock's step",
  "within-runs": "noise within runs",
  "between-runs": "spread between runs",
};

/** A verdict in words: "slower: 1.102 times (1.087 to 1.117), threshold 5.0 % (the least that counts)". */
export function judgementWords({ ratio, threshold, thresholdFrom, verdict }: Judgement): string {
  if (ratio === null || thresholdFrom === null) return VERDICT_WORDS[verdict];
  const interval = `${endOf(ratio.low)} to ${endOf(ratio.high)}`;
  const limit = threshold === null
    ? "no change could be seen: too few samples"
    : `changes above ${(threshold * 100).toFixed(1)} % count (${FROM[thresholdFrom]})`;
  return `${VERDICT_WORDS[verdict]}: ${factor(ratio.value)} times (${interval}), ${limit}`;
}

function endOf(end: number | null): string {
  return end === null ? "unknown" : factor(end);
}

function factor(value: number): string {
  return value >= 100 || value < 0.01 ? value.toPrecision(3) : value.toFixed(3);
}

/** How verdicts are called in prose. */
export const VERDICT_WORDS: Readonly<Record<TimeVerdict, string>> = {
  "faster": "faster",
  "slower": "slower",
  "no-change": "no change",
  "too-noisy": "too noisy",
  "needs-runs": "needs more runs",
  "not-compared": "not compared",
};
