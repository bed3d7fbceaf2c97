/** Seeded samples for tests of statistics, counted as the C core counts them. */

import type { Histogram } from "../../format/histogram_schema.ts";
import { bucketOf } from "../histogram.ts";

/** Random numbers from 0 to 1 that are the same for the same seed (mulberry32, Tommy Ettinger). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers out of uniform ones (Box and Muller). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** How times of a technique are spread. */
export interface Shape {
  /** The median of the body, picoseconds. */
  median: number;
  /** Standard deviation of the body's logarithm. */
  sigma: number;
  /** Share of samples that something delays to twice to five times. */
  tail: number;
  /** Share of samples that meet a time slice of 4 ms. */
  outliers: number;
  /** Share of samples on a second path, 1.6 times as long. */
  second: number;
}

/** What the lab sees of an interrupt in a guest: 16 µs, a tail of 2 %, one sample in 1000 far out. */
export const INTERRUPT: Shape = {
  median: 16_000_000,
  sigma: 0.2,
  tail: 0.02,
  outliers: 0.001,
  second: 0,
};

/** One sample, picoseconds. */
export function sampleOf(shape: Shape, random: () => number): number {
  const place = random();
  if (place < shape.outliers) return 4e9 * (1 + 0.1 * random());
  const body = shape.median * Math.exp(shape.sigma * normal(random));
  if (place < shape.outliers + shape.tail) return body * (2 + 3 * random());
  return place > 1 - shape.second ? body * 1.6 : body;
}

/** Samples in a histogram; `factor` stretches all times. */
export function drawHistogram(
  shape: Shape,
  count: number,
  random: () => number,
  factor = 1,
): Histogram {
  return histogramOf(Array.from({ length: count }, () => sampleOf(shape, random) * factor));
}

/** Counts picoseconds as the C core does. */
export function histogramOf(values: readonly number[], precisionBits = 7): Histogram {
  const counts = new Map<number, number>();
  for (const value of values) {
    const bucket = bucketOf(Math.round(value), precisionBits);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  const index = [...counts.keys()].sort((left, right) => left - right);
  return { unit: "ps", precisionBits, index, count: index.map((bucket) => counts.get(bucket)!) };
}
