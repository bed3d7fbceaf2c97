import { mean, sampleVariance } from "simple-statistics";
import { studentT975 } from "./student_t.ts";

/** One run's estimate of a positive quantity, with its 95 % interval in the same unit. */
export interface RunEstimate {
  value: number;
  /** `null`: without bound, or the run cannot say. */
  low: number | null;
  high: number | null;
}

/**
 * What the runs of one side say together. All in natural logarithms, where a factor is a sum and the
 * spread of times is nearly symmetric; {@linkcode plainReplicates} leaves values as they are.
 */
export interface Replicates {
  /** Number of runs. */
  runs: number;
  /** Mean over runs: the logarithm of their geometric mean. */
  centre: number;
  /** From the lower end of the within-run interval to the centre; Infinity without bound. */
  below: number;
  /** From the centre to the upper end. */
  above: number;
  /** Standard deviation between runs; `null` with one run. */
  spread: number | null;
}

/** An interval for a factor, in natural logarithms. */
export interface LogInterval {
  centre: number;
  low: number;
  high: number;
  /** The wider of the two noises, which gave the interval. */
  from: "within-runs" | "between-runs";
}

// A time that the clock could not tell from nothing; a picosecond is the unit of histograms.
const LEAST = 1;

/**
 * Sums up the runs of one side, each with the same weight.
 *
 * @param estimates At least one, all in the same unit.
 */
export function replicatesOf(estimates: readonly RunEstimate[]): Replicates {
  const logs = estimates.map(({ value }) => logOf(value));
  const distance = (end: "low" | "high"): number => {
    const squares = estimates.map((estimate, at) => {
      const bound = estimate[end];
      return bound === null ? Infinity : (logOf(bound) - logs[at]!) ** 2;
    });
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0)) / estimates.length;
  };
  return {
    runs: estimates.length,
    centre: mean(logs),
    below: distance("low"),
    above: distance("high"),
    spread: logs.length > 1 ? Math.sqrt(sampleVariance(logs)) : null,
  };
}

/**
 * Sums up exact values of runs as they are, for quantities that may be 0 and are compared by their
 * difference: {@linkcode sideInterval} and {@linkcode ratioInterval} then give those of the mean and
 * of the difference.
 *
 * @param values At least one.
 */
export function plainReplicates(values: readonly number[]): Replicates {
  return {
    runs: values.length,
    centre: mean([...values]),
    below: 0,
    above: 0,
    spread: values.length > 1 ? Math.sqrt(sampleVariance([...values])) : null,
  };
}

function logOf(value: number): number {
  return Math.log(Math.max(LEAST, value));
}

/** The 95 % interval of one side: the wider of the noise within its runs and that between them. */
export function sideInterval(side: Replicates): LogInterval {
  const { centre, runs, spread } = side;
  const between = spread === null ? 0 : studentT975(runs - 1) * spread / Math.sqrt(runs);
  return widest(centre, side.below, side.above, between);
}

/**
 * The 95 % interval of the factor from left to right.
 *
 * Within runs the distances of both sides are added as squares, each towards the end that matters
 * (MOVER: Zou and Donner, Statistics in Medicine 27, 2008). Where a side has several runs, their
 * spread, pooled over both sides, gives a second interval by Student's t; the wider one holds. It
 * contains the first noise already, but a few runs may agree by chance.
 */
export function ratioInterval(left: Replicates, right: Replicates): LogInterval {
  const freedom = left.runs + right.runs - 2;
  const squares = [left, right].reduce(
    (sum, { runs, spread }) => sum + (runs - 1) * (spread ?? 0) ** 2,
    0,
  );
  const between = freedom === 0
    ? 0
    : studentT975(freedom) * Math.sqrt(squares / freedom * (1 / left.runs + 1 / right.runs));
  return widest(
    right.centre - left.centre,
    Math.hypot(right.below, left.above),
    Math.hypot(right.above, left.below),
    between,
  );
}

function widest(centre: number, below: number, above: number, between: number): LogInterval {
  const from = between > Math.max(below, above) ? "between-runs" : "within-runs";
  const [down, up] = [Math.max(below, between), Math.max(above, between)];
  return { centre, low: centre - down, high: centre + up, from };
}
