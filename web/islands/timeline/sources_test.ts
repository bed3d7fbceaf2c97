import { assertEquals } from "@std/assert";
import { spanOf, type Tile } from "../../../traces/index/tile.ts";
import { sourcesOf, wantedTiles } from "./sources.ts";
import type { LoadedTile } from "./tile_cache.ts";

const META = {
  durationNs: spanOf(3) * 2,
  levels: [0, 1, 2, 3].map((level) => ({ level, widthNs: level })),
};

function cacheOf(...ids: readonly string[]): { get(l: number, n: number): LoadedTile | undefined } {
  const here = new Set(ids);
  return {
    get: (level, number) =>
      here.has(`${level}/${number}`)
        ? { tile: { level, number } as Tile, lines: new Map() }
        : undefined,
  };
}

function shown(level: number, fromNs: number, toNs: number, ...here: string[]): string[] {
  return sourcesOf(META, cacheOf(...here), level, fromNs, toNs).parts.map(({ loaded: { tile } }) =>
    `${tile.level}/${tile.number}`
  );
}

Deno.test("sourcesOf() takes the tiles of the level where they are here", () => {
  const span = spanOf(1);
  assertEquals(shown(1, span / 2, span * 2.5, "1/0", "1/1", "1/2", "3/0"), ["1/0", "1/1", "1/2"]);
});

Deno.test("sourcesOf() lets coarser tiles stand in, the finest of them first", () => {
  const span = spanOf(1);
  assertEquals(shown(1, 0, span * 4.5, "1/1", "2/0", "3/0"), ["2/0", "1/1", "2/0", "2/0", "3/0"]);
});

Deno.test("sourcesOf() counts what is missing, and paints nothing where nothing is here", () => {
  const { missing, parts } = sourcesOf(META, cacheOf("1/1"), 1, 0, spanOf(1) * 2.5);
  assertEquals([missing, parts.length], [2, 1]);
});

Deno.test("sourcesOf() cuts a stand-in to what it stands in for", () => {
  const span = spanOf(0);
  const { parts } = sourcesOf(META, cacheOf("3/0"), 0, span * 1.5, span * 1.6);
  assertEquals(parts.map(({ fromNs, toNs }) => [fromNs, toNs]), [[span, 2 * span]]);
});

Deno.test("wantedTiles() asks first for what stands in, then for what is visible", () => {
  const span = spanOf(1);
  const wanted = wantedTiles(META, 1, span * 5, span * 5.5, 1).map(({ level, number }) =>
    `${level}/${number}`
  );
  assertEquals(wanted.slice(0, 2), ["3/0", "1/5"]);
});

Deno.test("wantedTiles() fetches ahead in the direction of the pan", () => {
  const span = spanOf(1);
  const ahead = (direction: number): number[] =>
    wantedTiles(META, 1, span * 5, span * 5.9, direction)
      .filter(({ level }) => level === 1).map(({ number }) => number);
  assertEquals(ahead(1).indexOf(6) < ahead(1).indexOf(4), true);
  assertEquals(ahead(-1).indexOf(4) < ahead(-1).indexOf(6), true);
});
