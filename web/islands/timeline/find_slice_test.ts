import { assertEquals } from "@std/assert";
import { TraceIndexBuilder } from "../../../traces/index/index_builder.ts";
import { joinColumns } from "../../../traces/index/join_columns.ts";
import { TraceIndex } from "../../../traces/index/trace_index.ts";
import { sliceFrom } from "./find_slice.ts";
import { lineKey, type LoadedTile, type TileId } from "./tile_cache.ts";

/** Two seconds of a trace in which a thread works at two times that are far apart. */
function madeIndex(): TraceIndex {
  const builder = new TraceIndexBuilder();
  const operation = { tid: 7, technique: "munmap", cpu: 0, kept: true, sends: 0 };
  const times = [[1000, 2000], [5000, 30_000_000], [1_700_000_000, 1_700_000_400]];
  times.forEach(([begin, end], id) =>
    builder.operation({ ...operation, id, begin: begin!, end: end!, targets: [], flows: [] })
  );
  builder.describe({
    ...{ baseHigh: 0, first: 0, last: 2_000_000_000, events: 1, lost: 0 },
    ...{ arch: null, kernel: null, threads: [{ tid: 7, tgid: 7, comm: "test" }] },
  });
  return new TraceIndex(joinColumns(builder));
}

async function search(atNs: number): Promise<{ begin: number | null; tiles: number }> {
  const index = madeIndex();
  const row = index.meta.rows.find(({ kind }) => kind === "operations")!.row;
  let tiles = 0;
  const get = ({ level, number }: TileId): Promise<LoadedTile> => {
    tiles++;
    const tile = index.tile(level, number);
    const lines = new Map(tile.rows.map((one) => [lineKey(one.row, one.depth), one] as const));
    return Promise.resolve({ tile, lines });
  };
  const found = await sliceFrom(index.meta, get, { row, depth: 0 }, atNs);
  return { begin: found?.beginNs ?? null, tiles };
}

Deno.test("sliceFrom() finds the slice that begins at a time or after it", async () => {
  assertEquals((await search(0)).begin, 1000);
  assertEquals((await search(1000)).begin, 1000);
  assertEquals((await search(1001)).begin, 5000);
});

Deno.test("sliceFrom() goes on behind a slice that only ends there", async () => {
  assertEquals((await search(20_000_000)).begin, 1_700_000_000);
});

Deno.test("sliceFrom() passes over empty time without asking for all its tiles", async () => {
  const { begin, tiles } = await search(40_000_000);
  assertEquals(begin, 1_700_000_000);
  assertEquals(tiles < 20, true, `${tiles} tiles`);
});

Deno.test("sliceFrom() says that there is none", async () => {
  assertEquals((await search(1_700_000_001)).begin, null);
});
