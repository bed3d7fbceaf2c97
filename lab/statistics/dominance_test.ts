import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { wilcoxonRankSum } from "simple-statistics";
import { dominance } from "./dominance.ts";
import { drawHistogram, histogramOf, INTERRUPT, seeded } from "./testdata/samples.ts";

Deno.test("dominance() agrees with the rank sum of simple-statistics, ties included", () => {
  const random = seeded(11);
  for (let trial = 0; trial < 50; trial++) {
    // Below 128 ps buckets are exact, so both see the same ties.
    const draw = (): number[] =>
      Array.from({ length: 5 + Math.floor(40 * random()) }, () => Math.floor(60 * random()));
    const [left, right] = [draw(), draw()];
    // Mann and Whitney: U of the right is its rank sum less the least that it could be.
    const [n, m] = [right.length, left.length];
    const superiority = (wilcoxonRankSum(right, left) - n * (n + 1) / 2) / (n * m);
    const found = dominance([histogramOf(left)], [histogramOf(right)])!;
    assertAlmostEquals(found.superiority, superiority, 1e-9);
    assertAlmostEquals(found.delta, 2 * superiority - 1, 1e-9);
  }
});

Deno.test("dominance() agrees with the published example of the effsize package", () => {
  // cliff.delta(treatment, control) of its manual: -0.25, from Likert answers.
  const treatment = [10, 10, 20, 20, 20, 30, 30, 30, 40, 50];
  const control = [10, 20, 30, 40, 40, 50];
  assertAlmostEquals(
    dominance([histogramOf(control)], [histogramOf(treatment)])!.delta,
    -0.25,
    1e-9,
  );
});

Deno.test("dominance() of one side over itself is none, of all over nothing is all", () => {
  const histogram = histogramOf([5, 5, 90, 1000]);
  assertEquals(dominance([histogram], [histogram])?.delta, 0);
  assertEquals(dominance([histogramOf([1])], [histogramOf([2, 900])]), {
    superiority: 1,
    delta: 1,
    size: "large",
  });
  assertEquals(dominance([histogramOf([2])], [histogramOf([1])])?.delta, -1);
});

Deno.test("dominance() names sizes by the bounds of Romano et al.", () => {
  // 1000 samples on 1 and as many as wanted moved to 2: superiority is 0.5 plus half their share.
  const sizeAt = (share: number): string => {
    const moved = Math.round(1000 * share);
    const right = { ...histogramOf([1, 2]), count: [1000 - moved, moved] };
    return dominance([histogramOf([1])], [right])!.size;
  };
  assertEquals([0.14, 0.15, 0.32, 0.34, 0.47, 0.48].map(sizeAt), [
    "negligible",
    "small",
    "small",
    "medium",
    "medium",
    "large",
  ]);
});

Deno.test("dominance() gives each run the same weight, however long it was", () => {
  const long = { ...histogramOf([1]), count: [1_000_000] };
  assertAlmostEquals(dominance([long, histogramOf([3])], [histogramOf([2])])!.delta, 0, 1e-9);
});

Deno.test("dominance() takes histograms of different precision, and ignores empty ones", () => {
  const random = seeded(3);
  const fine = drawHistogram(INTERRUPT, 3000, random);
  const coarse = histogramOf(Array.from({ length: 100 }, () => 17e6), 4);
  const found = dominance([fine, histogramOf([])], [coarse])!;
  assert(found.superiority > 0.4 && found.superiority < 0.8);
  assertEquals(dominance([], [coarse]), null);
  assertEquals(dominance([histogramOf([])], [coarse]), null);
});
