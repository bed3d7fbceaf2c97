import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { rateInterval } from "./rate_interval.ts";

Deno.test("rateInterval() gives the limits of Clopper and Pearson", () => {
  // Ends without hits or without misses have a closed form; the others are R's binom.test()
  assertEquals(rateInterval(0, 0), { low: 0, high: 1 });
  assertEquals(rateInterval(0, 20).low, 0);
  assertAlmostEquals(rateInterval(0, 20).high, 1 - 0.025 ** (1 / 20), 1e-12);
  assertAlmostEquals(rateInterval(20, 20).low, 0.025 ** (1 / 20), 1e-12);
  assertEquals(rateInterval(20, 20).high, 1);
  assertAlmostEquals(rateInterval(1, 100).low, 0.0002531460, 1e-9);
  assertAlmostEquals(rateInterval(1, 100).high, 0.05445938, 1e-7);
  assertAlmostEquals(rateInterval(10, 100).low, 0.04900469, 1e-7);
  assertAlmostEquals(rateInterval(10, 100).high, 0.1762226, 1e-6);
});

Deno.test("rateInterval() holds the rate that was seen, and mirrors", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e9 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (of, share) => {
        const hits = Math.round(of * share);
        const { low, high } = rateInterval(hits, of);
        assert(0 <= low && low <= hits / of && hits / of <= high && high <= 1);
        const mirrored = rateInterval(of - hits, of);
        assertAlmostEquals(mirrored.low, 1 - high, 1e-6);
      },
    ),
    { numRuns: 50 },
  );
});
