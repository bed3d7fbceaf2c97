import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Histogram } from "../format/histogram_schema.ts";
import {
  bucketBounds,
  bucketMidpoint,
  bucketOf,
  mean,
  merge,
  quantile,
  sampleCount,
} from "./histogram.ts";

/** Counts values as the C core does. */
function histogramOf(values: readonly number[], precisionBits = 7): Histogram {
  const counts = new Map<number, number>();
  for (const value of values) {
    const bucket = bucketOf(value, precisionBits);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  const index = [...counts.keys()].sort((left, right) => left - right);
  return { unit: "ps", precisionBits, index, count: index.map((bucket) => counts.get(bucket)!) };
}

function assertNear(actual: number, expected: number): void {
  assert(Math.abs(actual - expected) <= 0.01 * expected, `${actual} is not near ${expected}`);
}

// 1 ps to 2 s, as many in each power of two: a plain range would hold hardly any small value.
const picoseconds = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2 ** 20 }))
  .map(([power, fraction]: [number, number]) => Math.round(2 ** power * (1 + fraction / 2 ** 20)));
const samples = fc.array(picoseconds, { minLength: 1, maxLength: 300 });

Deno.test("bucketOf() follows the layout of the C core", () => {
  const known = [[0, 0], [127, 127], [128, 128], [255, 255], [256, 256], [257, 256], [258, 257]];
  for (const [value, bucket] of known) assertEquals(bucketOf(value!, 7), bucket);
  assertEquals(bucketOf(1_000_000, 7), 1780);
  assertEquals(bucketOf(2 ** 50 - 1, 7), 5631);
});

Deno.test("bucketOf() is right beside powers of two, where logarithms round", () => {
  for (let power = 7; power <= 52; power++) {
    for (const value of [2 ** power - 1, 2 ** power]) {
      const { low, width } = bucketBounds(bucketOf(value, 7), 7);
      assert(low <= value && value < low + width, `${value} is not in ${low}+${width}`);
    }
  }
});

Deno.test("bucketBounds() leaves no gap and no overlap", () => {
  for (let bucket = 0; bucket < 5000; bucket++) {
    const { low, width } = bucketBounds(bucket, 7);
    assertEquals(bucketBounds(bucket + 1, 7).low, low + width);
    assertEquals(bucketOf(low, 7), bucket);
    assertEquals(bucketOf(low + width - 1, 7), bucket);
  }
});

Deno.test("bucketMidpoint() is at most 0.4 % off", () => {
  fc.assert(fc.property(picoseconds, (value: number) => {
    const error = Math.abs(bucketMidpoint(bucketOf(value, 7), 7) - value);
    assert(error <= 0.004 * value);
  }));
});

Deno.test("quantile() is the nearest rank of the sorted samples within 1 %", () => {
  const share = fc.integer({ min: 0, max: 1000 }).map((permille: number) => permille / 1000);
  fc.assert(fc.property(samples, share, (values: number[], wanted: number) => {
    const sorted = values.toSorted((left, right) => left - right);
    const exact = sorted[Math.max(1, Math.ceil(wanted * sorted.length)) - 1]!;
    assertNear(quantile(histogramOf(values), wanted), exact);
  }));
});

Deno.test("quantile() of the shares 0 and 1 is the smallest and the greatest sample", () => {
  const histogram = histogramOf([3, 50, 100]);
  assertEquals(quantile(histogram, 0), 3);
  assertEquals(quantile(histogram, 1), 100);
  assertEquals(quantile({ ...histogram, index: [1, 3], count: [0, 2] }, 0), 3);
});

Deno.test("mean() is that of the samples within 1 %", () => {
  fc.assert(fc.property(samples, (values: number[]) => {
    const exact = values.reduce((sum, value) => sum + value, 0) / values.length;
    assertNear(mean(histogramOf(values)), exact);
  }));
});

Deno.test("mean() counts every sample of a bucket", () => {
  assertEquals(mean(histogramOf([10, 10, 10, 50])), 20);
});

Deno.test("merge() counts as if the samples had been counted together", () => {
  fc.assert(fc.property(samples, samples, (left: number[], right: number[]) => {
    const merged = merge(histogramOf(left), histogramOf(right));
    assertEquals(merged, histogramOf([...left, ...right]));
    assertEquals(sampleCount(merged), left.length + right.length);
  }));
});

Deno.test("merge() is as precise as the coarser histogram", () => {
  fc.assert(fc.property(samples, samples, (fine: number[], coarse: number[]) => {
    const merged = merge(histogramOf(fine, 7), histogramOf(coarse, 4));
    assertEquals(merged, histogramOf([...fine, ...coarse], 4));
  }));
});

Deno.test("quantile() and mean() refuse what has no answer", () => {
  const empty = histogramOf([]);
  assertThrows(() => quantile(empty, 0.5), RangeError, "the histogram is empty");
  assertThrows(() => mean(empty), RangeError, "the histogram is empty");
  for (const share of [-0.1, 1.1, NaN]) {
    assertThrows(() => quantile(histogramOf([1]), share), RangeError, "from 0 to 1");
  }
});
