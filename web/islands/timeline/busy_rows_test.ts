import { assertEquals } from "@std/assert";
import {
  spanOf,
  type Tile,
  type TileBuckets,
  type TileSlices,
} from "../../../traces/index/tile.ts";
import { busyRows } from "./busy_rows.ts";
import type { Sources } from "./sources.ts";

function sourcesOf(level: number, rows: readonly (TileSlices | TileBuckets)[]): Sources {
  const tile = { level, number: 0, fromNs: 0, toNs: spanOf(level), rows } as unknown as Tile;
  const part = { loaded: { tile, lines: new Map() }, fromNs: 0, toNs: spanOf(level) };
  return { level, parts: [part], missing: 0 };
}

function slices(row: number, ...pairs: [number, number][]): TileSlices {
  const none = Uint32Array.from(pairs, () => 0);
  const begins = Float64Array.from(pairs, ([begin]) => begin);
  return {
    row,
    depth: 0,
    begins,
    ends: Float64Array.from(pairs, (pair) => pair[1]),
    names: none,
    ids: none,
  };
}

Deno.test("busyRows() names rows whose slices overlap the time", () => {
  const sources = sourcesOf(0, [
    slices(1, [100, 200]),
    slices(2, [0, 50], [500, 600]),
    slices(3, [150, 900]),
  ]);
  assertEquals([...busyRows(sources, 160, 300)], [1, 3]);
  assertEquals([...busyRows(sources, 200, 300)], [3]);
  assertEquals([...busyRows(sources, 0, 1000)], [1, 2, 3]);
});

Deno.test("busyRows() names rows whose buckets overlap the time", () => {
  const one = Uint32Array.of(1);
  const row = {
    row: 4,
    depth: 0,
    buckets: Uint16Array.of(3),
    busy: Uint8Array.of(1),
    counts: one,
    names: one,
  };
  const sources = sourcesOf(1, [row]);
  assertEquals([...busyRows(sources, 3.5 * 4096, 3.6 * 4096)], [4]);
  assertEquals([...busyRows(sources, 4 * 4096, 5 * 4096)], []);
  assertEquals([...busyRows(sources, 0, 3 * 4096)], []);
});
