import { assertEquals } from "@std/assert";
import { spanOf, type Tile } from "../../../traces/index/tile.ts";
import { countMarked } from "./status_bar.ts";
import type { LoadedTile } from "./tile_cache.ts";

const META = { durationNs: 1e9, levels: [0, 1].map((level) => ({ level, widthNs: level * 4096 })) };

function cacheOf(
  level: number,
  row: object,
): { get(l: number, n: number): LoadedTile | undefined } {
  const tile = { level, number: 0, fromNs: 0, toNs: spanOf(level), rows: [row] } as unknown as Tile;
  return { get: (l, n) => l === level && n === 0 ? { tile, lines: new Map() } : undefined };
}

Deno.test("countMarked() counts slices that begin in the time", () => {
  const begins = Float64Array.of(10, 20, 30, 40);
  const cache = cacheOf(0, { row: 0, depth: 0, begins });
  assertEquals(countMarked(META, cache, { fromNs: 15, toNs: 35 }), { slices: 2, exact: true });
  assertEquals(countMarked(META, cache, { fromNs: 10, toNs: 40 }), { slices: 3, exact: true });
});

Deno.test("countMarked() counts in buckets where slices are not at hand, and says so", () => {
  const row = { buckets: Uint16Array.of(1, 5, 700), counts: Uint32Array.of(3, 4, 100) };
  const cache = cacheOf(1, row);
  const count = countMarked(META, cache, { fromNs: 0, toNs: 6 * 4096 });
  assertEquals(count, { slices: 7, exact: false });
});

Deno.test("countMarked() does not guess where no tile is here", () => {
  const cache = { get: (): undefined => undefined };
  assertEquals(countMarked(META, cache, { fromNs: 0, toNs: 10 }), null);
});
