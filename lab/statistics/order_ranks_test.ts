import { assert, assertEquals } from "@std/assert";
import { quantileRanks } from "./order_ranks.ts";

// Ranks of the 95 % interval of a median: Conover, Practical Nonparametric Statistics, 3rd edition,
// section 3.2 with table A3; the same as critical values of the two-sided sign test.
const MEDIAN = [
  [5, null, null],
  [6, 1, 6],
  [8, 1, 8],
  [9, 2, 8],
  [10, 2, 9],
  [12, 3, 10],
  [15, 4, 12],
  [20, 6, 15],
  [25, 8, 18],
  [30, 10, 21],
  [50, 18, 33],
  [100, 40, 61],
] as const;

Deno.test("quantileRanks() agrees with published ranks for medians", () => {
  for (const [samples, low, high] of MEDIAN) {
    assertEquals(quantileRanks(samples, 0.5), { low, high }, `${samples} samples`);
  }
});

/** The probability of at most `k` successes, summed from factorials. */
function binomialAtMost(k: number, trials: number, chance: number): number {
  let sum = 0;
  let term = (1 - chance) ** trials;
  for (let at = 0; at <= k; at++) {
    sum += term;
    term *= (trials - at) / (at + 1) * chance / (1 - chance);
  }
  return sum;
}

Deno.test("quantileRanks() leaves at most 2.5 % on each side, and would more if one closer", () => {
  for (const share of [0.1, 0.5, 0.9, 0.99]) {
    for (let samples = 1; samples <= 150; samples += 3) {
      const { low, high } = quantileRanks(samples, share);
      const below = (rank: number): number => binomialAtMost(rank - 1, samples, share);
      const above = (rank: number): number => 1 - binomialAtMost(rank - 1, samples, share);
      const where = `${samples} samples, ${share}`;
      if (low !== null) assert(below(low) <= 0.025 + 1e-12, where);
      assert(below((low ?? 0) + 1) > 0.025 - 1e-12, where);
      if (high !== null) assert(above(high) <= 0.025 + 1e-12, where);
      assert(above((high ?? samples + 1) - 1) > 0.025 - 1e-12, where);
    }
  }
});

Deno.test("quantileRanks() of many samples are those of the normal approximation", () => {
  // Woodruff 1952: the share's own standard error, 1.96 * sqrt(p * (1 - p) * n).
  for (const [samples, share] of [[20_000, 0.99], [1_000_000, 0.5], [20_000_000, 0.9]] as const) {
    const { low, high } = quantileRanks(samples, share);
    const reach = 1.96 * Math.sqrt(samples * share * (1 - share));
    assert(Math.abs(low! - (samples * share - reach)) < 3);
    assert(Math.abs(high! - (samples * share + reach)) < 3);
  }
});

Deno.test("quantileRanks() says so where there are too few samples", () => {
  assertEquals(quantileRanks(0, 0.5), { low: null, high: null });
  // 0.99^368 is the first power below 2.5 %.
  assertEquals(quantileRanks(367, 0.99).high, null);
  assertEquals(quantileRanks(368, 0.99).high, 368);
});
