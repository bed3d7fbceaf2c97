import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram as Decoded,
} from "hdr-histogram-js";
import type { Histogram } from "../../format/histogram_schema.ts";
import { bucketOf, sampleCount } from "../../statistics/histogram.ts";
import { encodeHistogram } from "./hdr_histogram.ts";

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

/** Reads with HdrHistogram's own JavaScript port. */
function decoded(histogram: Histogram): Decoded {
  return decodeFromCompressedBase64(encodeHistogram(histogram), 64);
}

/** What HdrHistogram itself counts, and reads again: maxima are not in the format. */
function counted(values: readonly number[]): Decoded {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2 ** 46,
    numberOfSignificantValueDigits: 2,
  });
  for (const value of values) histogram.recordValue(value);
  return decodeFromCompressedBase64(encodeIntoCompressedBase64(histogram), 64);
}

/** Values, percentiles and counts; the last line tells how many buckets were reserved. */
function distributionOf(histogram: Decoded): string {
  return histogram.outputPercentileDistribution(20).replace(/^#\[Buckets.*$/m, "");
}

// 0 ps to 9 s, as many in each power of two
const picoseconds = fc.tuple(fc.integer({ min: 0, max: 43 }), fc.integer({ min: 0, max: 2 ** 20 }))
  .map(([power, fraction]: [number, number]) => Math.floor(2 ** power * (1 + fraction / 2 ** 20)));
const samples = fc.array(picoseconds, { minLength: 1, maxLength: 200 });

Deno.test("encodeHistogram() is read as if HdrHistogram had counted the samples itself", () => {
  fc.assert(fc.property(samples, (values: number[]) => {
    const [read, own] = [decoded(histogramOf(values)), counted(values)];
    assertEquals(read.totalCount, values.length);
    assertEquals(distributionOf(read), distributionOf(own));
  }));
});

Deno.test("encodeHistogram() keeps quantiles within 1 %", () => {
  fc.assert(fc.property(samples, (values: number[]) => {
    const read = decoded(histogramOf(values));
    const sorted = values.toSorted((left, right) => left - right);
    for (const percentile of [50, 90, 99, 100]) {
      const exact = sorted[Math.ceil(percentile / 100 * values.length) - 1]!;
      const error = Math.abs(read.getValueAtPercentile(percentile) - exact);
      assert(error <= Math.max(1, exact * 0.01), `p${percentile}: off by ${error} of ${exact}`);
    }
  }));
});

Deno.test("encodeHistogram() keeps counts of more than 32 bits", () => {
  const histogram: Histogram = {
    unit: "ps",
    precisionBits: 7,
    index: [1, 5000],
    count: [3e9, 2 ** 40],
  };
  assertEquals(decoded(histogram).totalCount, sampleCount(histogram));
});

Deno.test("encodeHistogram() of other precisions counts the same samples", () => {
  for (const precisionBits of [1, 4, 10, 16]) {
    const histogram = histogramOf([0, 1, 100, 12_345, 9_999_999], precisionBits);
    assertEquals(decoded(histogram).totalCount, 5, `${precisionBits} bits`);
  }
});

Deno.test("encodeHistogram() begins as format V2 does", () => {
  assert(encodeHistogram(histogramOf([1000])).startsWith("HISTFAAA"));
});
