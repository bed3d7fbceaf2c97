import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { BuiltIndex } from "./index_builder.ts";
import { keptLevels, levelsOf, makeLevel } from "./levels.ts";
import { anyIndex, smallIndex } from "./testdata.ts";
import {
  NO_SLICE,
  spanOf,
  TILE_BUCKETS,
  type TileBuckets,
  type TileSlices,
  widthOf,
} from "./tile.ts";
import { TraceIndex } from "./trace_index.ts";

/** A bucket, worked out the slow way. */
function bucketOf({ meta, columns }: BuiltIndex, lane: number, bucket: number, width: number): {
  count: number;
  busy: number;
  byName: Map<number, number>;
} {
  const { slices: { begins, ends, names }, lanes: { firsts } } = columns;
  const [from, to] = [bucket * width, (bucket + 1) * width];
  const byName = new Map<number, number>();
  let [count, busy] = [0, 0];
  for (let slice = firsts[lane]!; slice < firsts[lane + 1]!; slice++) {
    const [begin, end, name] = [begins[slice]!, ends[slice]!, names[slice]!];
    if (meta.nameKinds[name] === "idle") continue;
    const within = begin === end ? begin >= from && begin < to : begin < to && end > from;
    if (!within) continue;
    const ns = Math.min(end, to) - Math.max(begin, from);
    count++;
    busy += ns;
    byName.set(name, (byName.get(name) ?? 0) + ns);
  }
  return { count, busy, byName };
}

function checkBuckets(built: BuiltIndex, tile: TileBuckets, lane: number, first: number): void {
  const level = built.meta.levels.find(({ level }) => level === 1)!;
  const last = Math.min(
    first + TILE_BUCKETS - 1,
    Math.floor(built.meta.durationNs / level.widthNs),
  );
  for (let bucket = first; bucket <= last; bucket++) {
    const { count, busy, byName } = bucketOf(built, lane, bucket, level.widthNs);
    const at = tile.buckets.indexOf(bucket - first);
    assertEquals(at >= 0, count > 0, `bucket ${bucket}`);
    if (at < 0) continue;
    assertEquals(tile.counts[at], count);
    assertEquals(tile.busy[at], Math.max(1, Math.round(255 * busy / level.widthNs)));
    assertEquals(byName.get(tile.names[at]!), Math.max(...byName.values()));
  }
}

Deno.test("tiles of buckets say how much was taken, how often and by what most", () => {
  fc.assert(
    fc.property(anyIndex, (built) => {
      const index = new TraceIndex(built);
      for (let number = 0; number * spanOf(1) <= built.meta.durationNs; number++) {
        const tile = index.tile(1, number);
        built.columns.lanes.rows.forEach((row, lane) => {
          const depth = built.columns.lanes.depths[lane]!;
          const found = tile.rows.find((one) => one.row === row && one.depth === depth);
          const empty = { row, depth, buckets: new Uint16Array(), busy: new Uint8Array() };
          const buckets = found ??
            { ...empty, counts: new Uint32Array(), names: new Uint32Array() };
          checkBuckets(built, buckets as TileBuckets, lane, number * TILE_BUCKETS);
        });
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("tiles of slices hold every slice that overlaps them, once", () => {
  fc.assert(
    fc.property(anyIndex, (built) => {
      const index = new TraceIndex(built);
      const { begins, ends } = built.columns.slices;
      const seen = new Set<number>();
      for (let number = 0; number * spanOf(0) <= built.meta.durationNs; number++) {
        const { rows, fromNs, toNs } = index.tile(0, number);
        const ids = rows.flatMap((row) => [...(row as TileSlices).ids]);
        const wanted = [...begins.keys()].filter((slice) =>
          begins[slice]! < toNs && (ends[slice]! > fromNs || begins[slice]! >= fromNs)
        );
        assertEquals(ids.toSorted((one, other) => one - other), wanted);
        for (const id of ids) seen.add(id);
      }
      assertEquals(seen.size, begins.length);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a slice that ends with a tile is not in the next one, one without length is", () => {
  const span = spanOf(0);
  const { meta, columns } = smallIndex();
  const slices = {
    ...columns.slices,
    begins: columns.slices.begins.slice(),
    ends: columns.slices.ends.slice(),
  };
  slices.begins.set([span - 5, span], 0);
  slices.ends.set([span, span], 0);
  const index = new TraceIndex({
    meta: { ...meta, durationNs: 2 * span },
    columns: { ...columns, slices },
  });
  const ids = (number: number): number[] =>
    index.tile(0, number).rows.filter(({ row }) => row === 0)
      .flatMap((row) => [...(row as TileSlices).ids]);
  assertEquals([ids(0), ids(1)], [[0], [1]]);
});

Deno.test("levels that are kept are the same as those that are made of slices", () => {
  fc.assert(
    fc.property(anyIndex, (built) => {
      const { meta, columns: { slices, lanes } } = built;
      const levels = meta.levels.slice(1).map(({ level }) =>
        makeLevel(level, meta.durationNs, lanes, slices, meta.nameKinds)
      );
      const made = new TraceIndex({ meta, columns: { ...built.columns, levels: [] } });
      const kept = new TraceIndex({ meta, columns: { ...built.columns, levels } });
      for (const { level } of levels) {
        for (let number = 0; number * spanOf(level) <= meta.durationNs; number++) {
          assertEquals(kept.tile(level, number), made.tile(level, number));
        }
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("levels end where a page is as wide as the trace, and only short ones are kept", () => {
  assertEquals(levelsOf(0).map(({ level }) => level), [0, 1]);
  assertEquals(levelsOf(10e9).map(({ level }) => level), [0, 1, 2, 3, 4, 5, 6, 7]);
  const lanes = (count: number, slices: number): Uint32Array =>
    Uint32Array.from({ length: count + 1 }, (_, lane) => lane * slices);
  assertEquals(keptLevels(10e9, lanes(4, 100)), []);
  // Level 7 has 597 buckets, level 6 has four times as many
  assertEquals(keptLevels(10e9, lanes(4, 4 * 597)), [7]);
  assertEquals(keptLevels(10e9, lanes(4, 4 * 2385)), [6, 7]);
  // A thousand lanes with little in them add little
  const many = [...lanes(4, 4 * 2385 + 999), ...lanes(1000, 1).map((one) => 4 * 10_539 + one)];
  assertEquals(keptLevels(10e9, Uint32Array.from(many)), [6, 7]);
  assert(levelsOf(Number.MAX_SAFE_INTEGER).every(({ widthNs }) => Number.isSafeInteger(widthNs)));
});

Deno.test("buckets are counted exactly after days", () => {
  const days = 40 * 86_400 * 1e9;
  const small = smallIndex();
  const slices = { ...small.columns.slices, ends: small.columns.slices.ends.slice() };
  slices.ends[1] = days;
  const meta = {
    ...small.meta,
    durationNs: days,
    levels: levelsOf(days),
    nameKinds: [...small.meta.nameKinds],
  };
  meta.nameKinds[slices.names[1]!] = "thread";
  const tile = new TraceIndex({ meta, columns: { ...small.columns, slices } })
    .tile(1, Math.floor(days / spanOf(1)));
  const row = tile.rows[0] as TileBuckets;
  assertEquals(row.buckets.at(-1), Math.ceil(days / widthOf(1)) % TILE_BUCKETS - 1);
  assertEquals([...new Set(row.busy.subarray(0, -1))], [255]);
});

Deno.test("a flow is in the tiles where it begins and ends, and nowhere else", () => {
  const { meta, columns } = smallIndex();
  const span = spanOf(0);
  const flows = {
    sent: Float64Array.of(5, span - 1, span + 7),
    arrived: Float64Array.of(3 * span + 1, span, span + 8),
    fromRows: Uint32Array.of(0, 0, 0),
    toRows: Uint32Array.of(2, 2, 2),
    fromSlices: Uint32Array.of(NO_SLICE, 5, 5),
    toSlices: Uint32Array.of(2, 2, 2),
  };
  const long = { ...meta, durationNs: 4 * span };
  const index = new TraceIndex({ meta: long, columns: { ...columns, flows } });
  const sent = [0, 1, 2, 3].map((number) => [...index.tile(0, number).flows.sentNs]);
  assertEquals(sent, [[5, span - 1], [span - 1, span + 7], [], [5]]);
  assertEquals(index.tile(1, 0).flows.sentNs.length, 0);
});

Deno.test("tiles that the trace does not have are refused", () => {
  const index = new TraceIndex(smallIndex());
  for (const [level, number] of [[9, 0], [0, 1], [0, -1], [0, 0.5], [NaN, 0]] as const) {
    assertThrows(() => index.tile(level, number), RangeError, "no tile");
  }
});
