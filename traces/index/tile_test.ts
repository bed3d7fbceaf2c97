import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { TraceIndexError } from "./errors.ts";
import {
  decodeTile,
  encodeTile,
  levelFor,
  spanOf,
  type Tile,
  type TileBuckets,
  type TileFlows,
  tilesFor,
  type TileSlices,
  widthOf,
} from "./tile.ts";

const word = fc.integer({ min: 0, max: 0xffffffff });
const time = fc.maxSafeNat();

/** Columns of equal length. */
function table<Name extends string>(
  columns: Record<Name, fc.Arbitrary<number>>,
): fc.Arbitrary<Record<Name, number[]>> {
  return fc.nat(20).chain((length) =>
    fc.record(
      Object.fromEntries(
        Object.entries<fc.Arbitrary<number>>(columns).map(([name, value]) => [
          name,
          fc.array(value, { minLength: length, maxLength: length }),
        ]),
      ),
    ) as fc.Arbitrary<Record<Name, number[]>>
  );
}

const slices: fc.Arbitrary<TileSlices> = fc.tuple(
  word,
  word,
  table({ begins: time, ends: time, names: word, ids: word }),
).map(([row, depth, { begins, ends, names, ids }]) => ({
  row,
  depth,
  begins: Float64Array.from(begins),
  ends: Float64Array.from(ends),
  names: Uint32Array.from(names),
  ids: Uint32Array.from(ids),
}));

const buckets: fc.Arbitrary<TileBuckets> = fc.tuple(
  word,
  word,
  table({
    buckets: fc.nat(1023),
    busy: fc.integer({ min: 1, max: 255 }),
    counts: word,
    names: word,
  }),
).map(([row, depth, { buckets, busy, counts, names }]) => ({
  row,
  depth,
  buckets: Uint16Array.from(buckets),
  busy: Uint8Array.from(busy),
  counts: Uint32Array.from(counts),
  names: Uint32Array.from(names),
}));

const flows: fc.Arbitrary<TileFlows> = table({
  sentNs: time,
  arrivedNs: time,
  fromRow: word,
  toRow: word,
  fromSlice: word,
  toSlice: word,
}).map((columns) => ({
  sentNs: Float64Array.from(columns.sentNs),
  arrivedNs: Float64Array.from(columns.arrivedNs),
  fromRow: Uint32Array.from(columns.fromRow),
  toRow: Uint32Array.from(columns.toRow),
  fromSlice: Uint32Array.from(columns.fromSlice),
  toSlice: Uint32Array.from(columns.toSlice),
}));

const tile: fc.Arbitrary<Tile> = fc.integer({ min: 0, max: 12 }).chain((level) =>
  fc.record({
    level: fc.constant(level),
    number: fc.nat(1000),
    fromNs: fc.nat(1000),
    toNs: time.map((end) => end + 1000),
    rows: fc.array<TileSlices | TileBuckets>(level === 0 ? slices : buckets, { maxLength: 5 }),
    flows,
  })
);

Deno.test("a tile is the same after encoding and decoding", () => {
  fc.assert(fc.property(tile, (one) => {
    assertEquals(decodeTile(encodeTile(one).buffer), one);
  }));
});

Deno.test("decoding refuses every tile that is cut off or goes on", () => {
  const sample: Tile = fc.sample(tile.filter(({ rows }) => rows.length > 1), { numRuns: 1 })[0]!;
  const bytes = encodeTile(sample);
  for (let length = 0; length < bytes.length; length++) {
    assertThrows(() => decodeTile(bytes.slice(0, length).buffer), TraceIndexError, "tile");
  }
  const longer = new Uint8Array(bytes.length + 8);
  longer.set(bytes);
  assertThrows(() => decodeTile(longer.buffer), TraceIndexError, "8 bytes too many");
});

Deno.test("decoding hostile bytes fails with its own error or makes views only", () => {
  fc.assert(fc.property(
    tile,
    fc.array(fc.tuple(fc.nat(500), word), { minLength: 1, maxLength: 4 }),
    (one, changes) => {
      const bytes = encodeTile(one);
      const view = new DataView(bytes.buffer);
      for (const [at, value] of changes) {
        if (at * 4 + 4 <= bytes.length) view.setUint32(at * 4, value, true);
      }
      try {
        const { rows } = decodeTile(bytes.buffer);
        assert(rows.length <= bytes.length / 16);
        assert(rows.every(({ names }) => names.buffer === bytes.buffer));
      } catch (error) {
        assert(error instanceof TraceIndexError, `${error}`);
      }
    },
  ));
});

Deno.test("levels widen fourfold from 4096 ns, and the one for a zoom has at most two pixels", () => {
  const levels = [0, 1, 2, 3].map((level) => ({ level, widthNs: widthOf(level) }));
  assertEquals(levels.map(({ widthNs }) => widthNs), [0, 4096, 16384, 65536]);
  assertEquals(levelFor({ levels }, 1), 0);
  assertEquals(levelFor({ levels }, 2047), 0);
  assertEquals(levelFor({ levels }, 2048), 1);
  assertEquals(levelFor({ levels }, 8192), 2);
  assertEquals(levelFor({ levels }, 1e9), 3);
});

Deno.test("tiles for a stretch of time are those that it touches, within the trace", () => {
  const durationNs = 10 * spanOf(1) + 1;
  assertEquals(tilesFor({ durationNs }, 1, -5, 0), [0]);
  assertEquals(tilesFor({ durationNs }, 0, 0, spanOf(0)), [0, 1]);
  assertEquals(tilesFor({ durationNs }, 1, spanOf(1) * 9 + 7, 1e18), [9, 10]);
  assertEquals(tilesFor({ durationNs }, 3, 0, 1e18), [0]);
  assertEquals(tilesFor({ durationNs }, 1, 1e17, 1e18), []);
});
