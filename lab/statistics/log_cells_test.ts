import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Histogram } from "../format/histogram_schema.ts";
import { bucketOf } from "./histogram.ts";
import { logCells } from "./log_cells.ts";

function histogramOf(values: readonly number[]): Histogram {
  const index = values.map((value) => bucketOf(value, 7));
  return { unit: "ps", precisionBits: 7, index, count: values.map(() => 10) };
}

Deno.test("logCells() gives each decade as many cells", () => {
  const histogram = histogramOf([1_500, 15_000, 150_000, 1_500_000]);
  assertEquals(logCells(histogram, { low: 1_000, high: 10_000_000 }, 4), [10, 10, 10, 10]);
});

Deno.test("logCells() puts what lies outside the axis into its ends", () => {
  const histogram = histogramOf([0, 1, 15_000, 10 ** 12]);
  assertEquals(logCells(histogram, { low: 10_000, high: 1_000_000 }, 2), [30, 10]);
  const [below, above] = logCells(histogramOf([131_072]), { low: 1_000, high: 131_500 }, 2);
  assertEquals(below, 0);
  assertAlmostEquals(above, 10, 1e-9);
  assertEquals(logCells(histogramOf([0]), { low: 1, high: 10 }, 2), [10, 0]);
});

Deno.test("logCells() spreads a bucket over the narrow cells that it covers", () => {
  // One bucket of 1024 values, cut into eight cells.
  const cells = logCells(histogramOf([131_072]), { low: 131_072, high: 132_096 }, 8);
  assertAlmostEquals(cells.reduce((sum, count) => sum + count, 0), 10, 1e-9);
  for (const count of cells) assertAlmostEquals(count, 1.25, 0.01);
});

Deno.test("logCells() keeps what a bucket at the end of the axis holds beyond it", () => {
  const cells = logCells(histogramOf([131_072]), { low: 131_072, high: 131_584 }, 8);
  assertAlmostEquals(cells.reduce((sum, count) => sum + count, 0), 10, 1e-9);
});

Deno.test("logCells() keeps every sample on an axis without length", () => {
  const cells = logCells(histogramOf([100]), { low: 100, high: 100 }, 5);
  assertEquals(cells.reduce((sum, count) => sum + count, 0), 10);
  assert(cells.every(Number.isFinite));
});
