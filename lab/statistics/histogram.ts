import type { Histogram } from "../format/histogram_schema.ts";

/*
 * Buckets are exact below 2^precisionBits picoseconds; above, each power of two is cut into
 * 2^precisionBits buckets of equal width. With 7 bits the midpoint is at most 0.4 % off.
 * The C core counts with the same layout.
 */

/**
 * The number of the bucket that a value falls into.
 *
 * @param picoseconds An integer from 0 to 2^53.
 * @param precisionBits The histogram's `precisionBits`.
 */
export function bucketOf(picoseconds: number, precisionBits: number): number {
  const perPower = 2 ** precisionBits;
  if (picoseconds < perPower) return picoseconds;
  // Where log2 rounds up to a power of two, both exponents lead to the same bucket.
  const exponent = Math.floor(Math.log2(picoseconds)) - precisionBits;
  return exponent * perPower + Math.floor(picoseconds / 2 ** exponent);
}

/** The smallest value of a bucket and the number of values it spans, both in picoseconds. */
export function bucketBounds(
  index: number,
  precisionBits: number,
): { low: number; width: number } {
  const perPower = 2 ** precisionBits;
  if (index < perPower) return { low: index, width: 1 };
  const width = 2 ** (Math.floor(index / perPower) - 1);
  return { low: (index % perPower + perPower) * width, width };
}

/** The middle of a bucket in picoseconds, the value to quote for each of its samples. */
export function bucketMidpoint(index: number, precisionBits: number): number {
  const { low, width } = bucketBounds(index, precisionBits);
  return low + (width - 1) / 2;
}

/** The number of samples in a histogram. */
export function sampleCount(histogram: Histogram): number {
  return histogram.count.reduce((sum, count) => sum + count, 0);
}

/**
 * The value, in picoseconds, that a share of the samples does not exceed (nearest rank).
 *
 * @param share From 0 (the smallest sample) to 1 (the largest).
 * @throws {RangeError} If the histogram is empty or the share is outside 0..1.
 */
export function quantile(histogram: Histogram, share: number): number {
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`Cannot take quantile ${share}: expected a share from 0 to 1`);
  }
  const rank = Math.max(1, Math.ceil(share * sampleCount(histogram)));
  let seen = 0;
  for (let place = 0; place < histogram.index.length; place++) {
    seen += histogram.count[place]!;
    if (seen >= rank) return bucketMidpoint(histogram.index[place]!, histogram.precisionBits);
  }
  throw new RangeError(`Cannot take quantile ${share}: the histogram is empty`);
}

/**
 * The mean of the samples in picoseconds.
 *
 * @throws {RangeError} If the histogram is empty.
 */
export function mean(histogram: Histogram): number {
  const samples = sampleCount(histogram);
  if (samples === 0) throw new RangeError("Cannot take the mean: the histogram is empty");
  let sum = 0;
  for (let place = 0; place < histogram.index.length; place++) {
    const middle = bucketMidpoint(histogram.index[place]!, histogram.precisionBits);
    sum += middle * histogram.count[place]!;
  }
  return sum / samples;
}

/** The samples of two histograms in one, as precise as the coarser of the two. */
export function merge(left: Histogram, right: Histogram): Histogram {
  const precisionBits = Math.min(left.precisionBits, right.precisionBits);
  const counts = new Map<number, number>();
  for (const histogram of [left, right]) {
    for (let place = 0; place < histogram.index.length; place++) {
      // A fine bucket never straddles two coarse ones, so its lower bound decides.
      const { low } = bucketBounds(histogram.index[place]!, histogram.precisionBits);
      const bucket = bucketOf(low, precisionBits);
      counts.set(bucket, (counts.get(bucket) ?? 0) + histogram.count[place]!);
    }
  }
  const buckets = [...counts].sort(([a], [b]) => a - b);
  return {
    unit: "ps",
    precisionBits,
    index: buckets.map(([bucket]) => bucket),
    count: buckets.map(([, count]) => count),
  };
}
