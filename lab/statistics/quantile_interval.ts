import type { Histogram } from "../format/histogram_schema.ts";
import { bucketBounds, bucketMidpoint } from "./histogram.ts";
import { quantileRanks } from "./order_ranks.ts";

/** A quantile with its 95 % confidence interval, in picoseconds. */
export interface QuantileInterval {
  value: number;
  /** `null`: too few samples to say. */
  low: number | null;
  high: number | null;
}

/**
 * Quantiles of the samples (nearest rank), each with the interval that holds that of the population
 * with at least 95 % confidence, by order statistics ({@linkcode quantileRanks}).
 *
 * The ends are the outer bounds of their buckets, so the interval includes what rounding may hide.
 * Samples are taken as independent: a histogram does not keep their order.
 *
 * @param shares Between 0 and 1, both excluded.
 * @throws {RangeError} If the histogram is empty.
 */
export function quantileIntervals(
  histogram: Histogram,
  shares: readonly number[],
): QuantileInterval[] {
  const { index, count, precisionBits } = histogram;
  const upTo: number[] = [];
  let samples = 0;
  for (const more of count) upTo.push(samples += more);
  if (samples === 0) throw new RangeError("Cannot take quantiles: the histogram is empty");
  const bucketOfRank = (rank: number): number => index[firstNotBelow(upTo, rank)]!;
  return shares.map((share) => {
    const ranks = quantileRanks(samples, share);
    const middle = bucketOfRank(Math.max(1, Math.ceil(share * samples)));
    const value = bucketMidpoint(middle, precisionBits);
    const low = ranks.low === null
      ? null
      : bucketBounds(bucketOfRank(ranks.low), precisionBits).low;
    if (ranks.high === null) return { value, low, high: null };
    const upper = bucketBounds(bucketOfRank(ranks.high), precisionBits);
    return { value, low, high: upper.low + upper.width - 1 };
  });
}

/** The first place of ascending numbers at which they are not below the wanted one. */
function firstNotBelow(numbers: readonly number[], wanted: number): number {
  let [from, to] = [0, numbers.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (numbers[middle]! < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}
