import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { SHADES } from "./colour.ts";
import { Columns, NO_NAME } from "./columns.ts";

Deno.test("Columns.bucket() adds to each column what is taken of it", () => {
  const columns = new Columns(5);
  columns.clear();
  columns.bucket(0.5, 3.25, 1, 7);
  assertEquals([0, 1, 2, 3, 4].map((column) => columns.taken(column)), [0.5, 1, 1, 0.25, 0]);
  assertEquals([...columns.names], [7, 7, 7, 7, NO_NAME]);
});

Deno.test("Columns gives a column to the name that takes most of it", () => {
  const columns = new Columns(2);
  columns.clear();
  columns.bucket(0, 0.3, 1, 1);
  columns.bucket(0.3, 1, 1, 2);
  assertEquals(columns.names[0], 2);
  assertAlmostEquals(columns.taken(0), 1, 1e-6);
});

Deno.test("Columns.slice() leaves a gap where a wide slice ends", () => {
  const columns = new Columns(10);
  columns.clear();
  columns.slice(0, 5, 1, true);
  columns.slice(5, 10, 1, false);
  assertEquals(columns.names[4], NO_NAME);
  assertEquals(columns.names[9], 1);
});

Deno.test("Columns cuts what reaches past the line", () => {
  const columns = new Columns(3);
  columns.clear();
  columns.slice(-1e12, 1e12, 4, true);
  columns.slice(5, 6, 5, true);
  columns.slice(-6, -5, 5, true);
  assertEquals([...columns.names], [4, 4, 4]);
});

Deno.test("Columns takes exactly the time of its slices, however they are cut", () => {
  const cuts = fc.uniqueArray(fc.double({ min: 0, max: 40, noNaN: true }), { minLength: 2 });
  fc.assert(fc.property(cuts, (unsorted) => {
    const sorted = unsorted.toSorted((a, b) => a - b);
    const columns = new Columns(40);
    columns.clear();
    sorted.slice(1).forEach((to, index) => columns.bucket(sorted[index]!, to, 1, index));
    let sum = 0;
    for (let column = 0; column < 40; column++) sum += columns.taken(column);
    assertAlmostEquals(sum, sorted.at(-1)! - sorted[0]!, 1e-3);
  }));
});

Deno.test("Columns.write() leaves pixels of nothing clear", () => {
  const columns = new Columns(3);
  columns.clear();
  columns.bucket(1, 2, 1, 0);
  const shades = new Uint32Array(2 * SHADES).fill(9);
  shades[2 * SHADES - 1] = 42;
  const pixels = new Uint32Array(6).fill(1);
  columns.write(pixels, 3, Uint8Array.of(1), shades);
  assertEquals([...pixels], [1, 1, 1, 0, 42, 0]);
});
