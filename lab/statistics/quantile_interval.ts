import type { Histogram } from "../run_schema.ts";
import { bucketBounds, quantile, sampleCount } from "./histogram.ts";
import { quantileRanks } from "./order_ranks.ts";

/** A quantile with its 95 % confidence interval, in picoseconds. */
export interface QuantileInterval {
  value: number;
  /** `null`: too few samples to say. */
  low: number | null;
  high: number | null;
}

/**
 * A quantile of the samples, and the interval that holds that of the population with at least 95 %
 * confidence, by order statistics ({@linkcode quantileRanks}).
 *
 * The ends are the outer bounds of their buckets, so the interval includes what rounding may hide.
 * Samples are taken as independent: a histogram does not keep their order.
 *
 * @param share Between 0 and 1, both excluded.
 * @throws {RangeError} If the histogram is empty.
 */
export function quantileInterval(histogram: Histogram, share: number): QuantileInterval {
  const ranks = quantileRanks(sampleCount(histogram), share);
  const value = quantile(histogram, share);
  const { precisionBits } = histogram;
  const bounds = (rank: number): { low: number; width: number } =>
    bucketBounds(bucketOfRank(histogram, rank), precisionBits);
  const low = ranks.low === null ? null : bounds(ranks.low).low;
  if (ranks.high === null) return { value, low, high: null };
  const upper = bounds(ranks.high);
  return { value, low, high: upper.low + upper.width - 1 };
}

/** The bucket of the sample with a rank, counted from 1. */
function bucketOfRank(histogram: Histogram, rank: number): number {
  let seen = 0;
  for (let place = 0; place < histogram.index.length; place++) {
    seen += histogram.count[place]!;
    if (seen >= rank) return histogram.index[place]!;
  }
  throw new RangeError(`Cannot find sample ${rank}: the histogram holds ${seen}`);
}
