import type { Histogram } from "../format/histogram_schema.ts";
import { bucketBounds, bucketOf, sampleCount } from "./histogram.ts";

/** How much the samples of one side exceed those of the other, whatever their distribution. */
export interface Dominance {
  /**
   * The chance that a random sample of the right exceeds one of the left, ties counted half
   * (probability of superiority, Vargha and Delaney 2000). 0.5: neither.
   */
  superiority: number;
  /** Cliff's delta: 2 × superiority − 1, from −1 (all of the right below the left) to 1. */
  delta: number;
  /** The delta in words, by the bounds of Romano et al. 2006. */
  size: "negligible" | "small" | "medium" | "large";
}

/** |delta| up to which an effect bears the name. Romano et al. 2006: 0.147, 0.33 and 0.474. */
const SIZES = [["negligible", 0.147], ["small", 0.33], ["medium", 0.474]] as const;

/**
 * Compares the samples of two sides. Each histogram of a side weighs the same, so that a long run
 * does not outweigh a short one. Samples in one bucket count as ties.
 *
 * @returns `null` if a side holds no sample.
 */
export function dominance(
  left: readonly Histogram[],
  right: readonly Histogram[],
): Dominance | null {
  const bits = Math.min(...[...left, ...right].map((histogram) => histogram.precisionBits));
  const [from, to] = [mixture(left, bits), mixture(right, bits)];
  if (from === null || to === null) return null;
  let superiority = 0;
  let below = 0; // share of the left below the current bucket of the right
  let place = 0;
  for (const [bucket, weight] of to) {
    while (place < from.length && from[place]![0] < bucket) below += from[place++]![1];
    const tied = place < from.length && from[place]![0] === bucket ? from[place]![1] : 0;
    superiority += weight * (below + tied / 2);
  }
  const delta = 2 * superiority - 1;
  return { superiority, delta, size: sizeOf(delta) };
}

function sizeOf(delta: number): Dominance["size"] {
  return SIZES.find(([, bound]) => Math.abs(delta) < bound)?.[0] ?? "large";
}

/** Buckets and their shares of all histograms that hold samples, ascending; `null` if none does. */
function mixture(histograms: readonly Histogram[], bits: number): [number, number][] | null {
  const samples = histograms.map(sampleCount);
  const filled = samples.filter((count) => count > 0).length;
  if (filled === 0) return null;
  const shares = new Map<number, number>();
  for (const [at, { index, count, precisionBits }] of histograms.entries()) {
    const each = 1 / (samples[at]! * filled);
    for (let place = 0; place < index.length; place++) {
      const own = index[place]!;
      const bucket = precisionBits === bits
        ? own
        : bucketOf(bucketBounds(own, precisionBits).low, bits);
      shares.set(bucket, (shares.get(bucket) ?? 0) + count[place]! * each);
    }
  }
  return [...shares].sort(([a], [b]) => a - b);
}
