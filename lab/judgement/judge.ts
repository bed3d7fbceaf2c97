import { CONFIDENCE } from "../statistics/order_ranks.ts";
import {
  type LogInterval,
  ratioInterval,
  type Replicates,
  sideInterval,
} from "../statistics/replicates.ts";
import type { Estimate, Judgement, Rules, TimeVerdict } from "./judgement.ts";

/**
 * The smallest change worth a verdict: alignment of code and pages alone moves times by a few per
 * cent (Mytkowicz et al., Producing Wrong Data Without Doing Anything Obviously Wrong, 2009).
 */
const MINIMUM = 0.05;

/**
 * "No change" says that a change of a tenth or more is ruled out: the whole interval of the ratio lies
 * within 1/1.1 to 1.1 (equivalence by intervals: Schuirmann, Journal of Pharmacokinetics and
 * Biopharmaceutics 15, 1987). How wide it is alone says nothing: it may lie aside of 1.
 */
const TOO_NOISY = 0.1;

/** The same for shares, as a difference: 1 and 2 percentage points. */
export const SHARE_MINIMUM = 0.01;
export const SHARE_TOO_NOISY = 2 * SHARE_MINIMUM;

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
    "Faster, slower: the ratio is beyond the threshold. No change: it is not, and its whole " +
    `interval lies within 1/${1 + TOO_NOISY} to ${
      1 + TOO_NOISY
    }. Too noisy: neither, so a change ` +
    `of ${TOO_NOISY * 100} % cannot be ruled out.`,
    "With one run on each side, faster and slower are a difference between these two runs, not of " +
    "the machine: give several runs for a verdict that lasts. Tails and rates differ so much " +
    "between runs alike that they get a verdict from several runs alone.",
    "Shares are compared by their difference in percentage points, as means of the runs: one below " +
    `${SHARE_MINIMUM * 100} point never counts, and no change is an interval within ` +
    `${SHARE_TOO_NOISY * 100} points of 0.`,
    "Times that a warning of the run invalidates are shown, not compared.",
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
    verdict: verdictOf(interval, limit.size, step, moreIs),
  };
}

function verdictOf(
  { centre, low, high }: LogInterval,
  threshold: number,
  step: number,
  moreIs: "slower" | "faster",
): TimeVerdict {
  if (Math.abs(centre) > threshold) {
    return (centre > 0) === (moreIs === "slower") ? "slower" : "faster";
  }
  const bound = Math.log1p(TOO_NOISY);
  const within = -bound <= low && high <= bound;
  // A change that the clock cannot show is not ruled out, however narrow the interval.
  return within && step <= TOO_NOISY ? "no-change" : "too-noisy";
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

/** What decided about the threshold, in words. */
export const FROM: Readonly<
  Record<NonNullable<Judgement["thresholdFrom"]>, string>
> = {
  "minimum": "the least that counts",
  "clock-step": "the clock's step",
  "within-runs": "noise within runs",
  "between-runs": "spread between runs",
};

/**
 * A verdict in words: "slower: 1.102 times (1.087 to 1.117), changes above 5.0 % count (the least
 * that counts)".
 *
 * @param onceEach Each side has one run: two runs alike differ by more than their samples tell, so a
 * change is told as one of these runs.
 */
export function judgementWords(
  { ratio, threshold, thresholdFrom, verdict }: Judgement,
  onceEach = false,
): string {
  if (ratio === null || thresholdFrom === null) return VERDICT_WORDS[verdict];
  const hasty = onceEach && isChange(verdict);
  const interval = `${endOf(ratio.low)} to ${endOf(ratio.high)}`;
  const limit = threshold === null
    ? "no change could be seen: too few samples"
    : `changes above ${(threshold * 100).toFixed(1)} % count (${FROM[thresholdFrom]})`;
  const word = `${VERDICT_WORDS[verdict]}${hasty ? " in this run" : ""}`;
  const caution = hasty ? `; ${ONCE_EACH}` : "";
  return `${word}: ${factor(ratio.value)} times (${interval}), ${limit}${caution}`;
}

/** What to think of a change between single runs. */
export const ONCE_EACH = "one run each: repeat before you believe it";

/** Of what only the spread between runs can judge, where each side has one. */
export const NO_SPREAD = "no verdict: one run on each side, and what two runs differ by is unknown";

/** The same of several techniques. */
export const OF_THESE_RUNS =
  `a difference between these two runs, not of the machine; ${ONCE_EACH}`;

/** Whether something became another. */
export function isChange(verdict: TimeVerdict): boolean {
  return verdict === "faster" || verdict === "slower";
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
