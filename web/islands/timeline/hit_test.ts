import { firstAbove } from "../../../traces/index/bounds.ts";
import { assertEquals } from "@std/assert";
import { spanOf, type Tile, type TileBuckets } from "../../../traces/index/tile.ts";
import { hitAt, nearestSlice } from "./hit.ts";
import type { Source, Sources } from "./sources.ts";
import { lineKey } from "./tile_cache.ts";

const LINE = { row: 2, depth: 1 };
const SLICES = {
  ...LINE,
  begins: Float64Array.of(100, 200, 300),
  ends: Float64Array.of(150, 300, 310),
  names: Uint32Array.of(5, 6, 7),
  ids: Uint32Array.of(50, 60, 70),
};

function idAt(atNs: number, slack: number): number | undefined {
  return nearestSlice(SLICES, LINE, atNs, slack)?.id;
}

function sourcesOf(level: number, row: TileBuckets | typeof SLICES): Sources {
  const tile = { level, number: 1, fromNs: 0, toNs: spanOf(level) } as Tile;
  const lines = new Map([[lineKey(row.row, row.depth), row]]);
  const part: Source = { loaded: { tile, lines }, fromNs: 0, toNs: spanOf(level) };
  return { level, parts: [part], missing: 0 };
}

Deno.test("firstAbove() finds the place of a value", () => {
  const values = Float64Array.of(1, 3, 3, 9);
  assertEquals([0, 1, 3, 9].map((value) => firstAbove(values, value)), [0, 1, 3, 4]);
});

Deno.test("nearestSlice() takes the slice at the time, or one that is near", () => {
  assertEquals(idAt(120, 0), 50);
  assertEquals(idAt(250, 0), 60);
  assertEquals(idAt(305, 0), 70);
  assertEquals(idAt(170, 0), undefined);
  assertEquals(idAt(170, 25), 50);
  assertEquals(idAt(190, 25), 60);
  assertEquals(idAt(90, 25), 50);
});

Deno.test("hitAt() finds slices at level 0 and buckets above", () => {
  const slice = hitAt(sourcesOf(0, SLICES), LINE, 120, 0);
  assertEquals(slice?.what === "slice" ? slice.id : null, 50);
  const buckets = {
    ...LINE,
    buckets: Uint16Array.of(3, 8),
    busy: Uint8Array.of(255, 51),
    counts: Uint32Array.of(1, 12),
    names: Uint32Array.of(1, 2),
  };
  const bucket = hitAt(sourcesOf(1, buckets), LINE, 8 * 4096 + 5, 0);
  assertEquals(bucket?.what === "bucket" ? [bucket.slices, bucket.busy] : null, [12, 0.2]);
  assertEquals(hitAt(sourcesOf(1, buckets), LINE, 7 * 4096, 0), null);
  assertEquals(hitAt(sourcesOf(1, buckets), { row: 9, depth: 0 }, 3 * 4096, 0), null);
});
