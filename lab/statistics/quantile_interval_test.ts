import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Histogram } from "../format/histogram_schema.ts";
import { quantile } from "./histogram.ts";
import { type QuantileInterval, quantileIntervals } from "./quantile_interval.ts";
import { drawHistogram, histogramOf, INTERRUPT, sampleOf, seeded } from "./testdata/samples.ts";

function quantileInterval(histogram: Histogram, share: number): QuantileInterval {
  return quantileIntervals(histogram, [share])[0]!;
}

Deno.test("quantileIntervals() takes the same quantiles as quantile()", () => {
  const random = seeded(2);
  const shares = [0.001, 0.25, 0.5, 0.9, 0.99, 0.999];
  for (const samples of [1, 2, 17, 1000]) {
    const histogram = drawHistogram(INTERRUPT, samples, random);
    const values = quantileIntervals(histogram, shares).map(({ value }) => value);
    assertEquals(values, shares.map((share) => quantile(histogram, share)));
  }
  assertThrows(() => quantileIntervals(histogramOf([]), [0.5]), RangeError, "is empty");
});

Deno.test("quantileIntervals() is the samples at the published ranks", () => {
  // Twenty exact values: ranks 6 and 15 hold the median with 95.9 %.
  const values = Array.from({ length: 20 }, (_, at) => at + 1);
  assertEquals(quantileInterval(histogramOf(values), 0.5), { value: 10, low: 6, high: 15 });
});

Deno.test("quantileIntervals() reaches to the outer bounds of its buckets", () => {
  // Bucket 256 spans 256 and 257, bucket 384 four values from 512 on.
  const histogram = histogramOf([...Array(10).fill(257), ...Array(10).fill(513)]);
  const { low, high } = quantileInterval(histogram, 0.5);
  assertEquals([low, high], [256, 515]);
});

Deno.test("quantileIntervals() has no end where samples are too few", () => {
  assertEquals(quantileInterval(histogramOf([7]), 0.5), { value: 7, low: null, high: null });
  const few = quantileInterval(histogramOf(Array(100).fill(9)), 0.99);
  assertEquals([few.low, few.high], [9, null]);
});

Deno.test("quantileIntervals() holds the population's quantile in at least 95 of 100 draws", () => {
  const random = seeded(7);
  const population = Array.from({ length: 400_000 }, () => sampleOf(INTERRUPT, random));
  population.sort((left, right) => left - right);
  for (const [share, samples] of [[0.5, 40], [0.5, 5000], [0.9, 5000], [0.99, 5000]] as const) {
    const truth = population[Math.floor(share * population.length)]!;
    let held = 0;
    for (let trial = 0; trial < 400; trial++) {
      const { low, high } = quantileInterval(drawHistogram(INTERRUPT, samples, random), share);
      if ((low ?? 0) <= truth && truth <= (high ?? Infinity)) held++;
    }
    // 95 % of 400 is 380; three standard deviations of luck below it is 367.
    assert(held >= 367, `quantile ${share} of ${samples} samples: ${held} of 400`);
  }
});
