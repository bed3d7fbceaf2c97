import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { TraceIndexError } from "./errors.ts";
import type { BuiltIndex } from "./index_builder.ts";
import { decodeIndex, encodeIndex } from "./index_file.ts";
import { makeLevel } from "./levels.ts";
import { encodeTile } from "./tile.ts";
import { anyIndex, smallIndex } from "./testdata.ts";
import { TraceIndex } from "./trace_index.ts";

/** An index with a level that is kept, however few slices it has. */
function withLevel(built: BuiltIndex): BuiltIndex {
  const { meta, columns } = built;
  const { slices, lanes } = columns;
  const levels = [makeLevel(1, meta.durationNs, lanes, slices, meta.nameKinds)];
  return { meta, columns: { ...columns, levels } };
}

/** Changes a file so that its checksum fits again: what an attacker would do. */
function forged(file: Uint8Array<ArrayBuffer>, change: (words: Uint32Array) => void): Uint8Array<
  ArrayBuffer
> {
  const copy = file.slice();
  const words = new Uint32Array(copy.buffer);
  change(words);
  let hash = 0x811c9dc5;
  for (const word of words.subarray(4)) hash = Math.imul(hash ^ word, 0x01000193);
  words[3] = hash;
  return copy;
}

/** An index of the same trace in which one thing is changed. */
function changed(change: (built: BuiltIndex) => void): Uint8Array<ArrayBuffer> {
  const built = decodeIndex(encodeIndex(withLevel(smallIndex())));
  change(built);
  return encodeIndex(built);
}

Deno.test("an index is the same after encoding and decoding", () => {
  assertEquals(decodeIndex(encodeIndex(withLevel(smallIndex()))), withLevel(smallIndex()));
  fc.assert(
    fc.property(anyIndex, (built) => {
      assertEquals(decodeIndex(encodeIndex(built)), built);
    }),
    { numRuns: 20 },
  );
});

Deno.test("an index is read from any place in a buffer", () => {
  const file = encodeIndex(smallIndex());
  for (const offset of [1, 4, 8]) {
    const buffer = new Uint8Array(file.length + 20);
    buffer.set(file, offset);
    assertEquals(decodeIndex(buffer.subarray(offset, offset + file.length)), smallIndex());
  }
});

Deno.test("an index that is cut off, goes on or was damaged is refused, wherever", () => {
  const file = encodeIndex(withLevel(smallIndex()));
  for (let length = 0; length < file.length; length++) {
    assertThrows(() => decodeIndex(file.slice(0, length)), TraceIndexError);
  }
  const longer = new Uint8Array(file.length + 8);
  longer.set(file);
  assertThrows(() => decodeIndex(longer), TraceIndexError, "should have");
  for (let at = 0; at < file.length; at++) {
    const damaged = file.slice();
    damaged[at]! ^= 1 << at % 8;
    assertThrows(() => decodeIndex(damaged), TraceIndexError);
  }
});

Deno.test("other files and other versions are named as such", () => {
  const text = new TextEncoder().encode("{}".repeat(100));
  assertThrows(() => decodeIndex(text), TraceIndexError, "should begin with 'fenceidx'");
  const newer = forged(encodeIndex(smallIndex()), (words) => words[2] = 2);
  assertThrows(() => decodeIndex(newer), TraceIndexError, "version 2, this fencelab reads 1");
});

Deno.test("a forged index is refused, or what it says can be shown", () => {
  const file = encodeIndex(withLevel(smallIndex()));
  const words = file.length / 4;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(words - 1), fc.oneof(fc.nat(20), fc.integer())), { minLength: 1 }),
      (changes) => {
        const bytes = forged(file, (words) => {
          for (const [at, value] of changes) words[at] = value;
        });
        let built: BuiltIndex;
        try {
          built = decodeIndex(bytes);
        } catch (error) {
          assert(error instanceof TraceIndexError, `${error}`);
          return;
        }
        const index = new TraceIndex(built);
        for (const { level } of built.meta.levels) encodeTile(index.tile(level, 0));
      },
    ),
    { numRuns: 3000 },
  );
});

Deno.test("hostile counts make nothing larger than the file", () => {
  const file = encodeIndex(smallIndex());
  for (let at = 4; at <= 10; at++) {
    const hostile = forged(file, (words) => words[at] = 0xfffffff0);
    assertThrows(() => decodeIndex(hostile), TraceIndexError);
  }
});

Deno.test("an index that contradicts itself is refused with what is wrong", () => {
  const cases: readonly [string, (built: BuiltIndex) => void][] = [
    ["slices overlap", ({ columns }) => columns.slices.begins[1] = 5],
    ["slices overlap", ({ columns }) => columns.slices.begins[0] = NaN],
    ["behind the trace", ({ columns }) => columns.slices.ends[1] = 1e15],
    ["has no name", ({ columns }) => columns.slices.names[0] = 999],
    ["divide its slices", ({ columns }) => columns.lanes.firsts[1] = 100],
    ["in another place", ({ columns }) => columns.lanes.rows[0] = 77],
    ["another number of slices", ({ meta }) => meta.rows[0]!.slices++],
    ["not in order", ({ meta }) => meta.rows[0]!.row = 3],
    ["kinds of names", ({ meta }) => meta.names.push("more")],
    ["fit its duration", ({ meta }) => meta.levels.push({ level: 7, widthNs: 8 })],
    ["behind those of operations", ({ meta }) => meta.rows[0]!.kind = "operations"],
    ["operations or flows", ({ meta }) => meta.flows++],
    ["targets belong to nobody", ({ columns }) => columns.operations.targetFirsts[1] = 9],
    ["no number", ({ columns }) => columns.operations.ids[0] = NaN],
    ["flows are not in order", ({ columns }) => columns.flows.sent[0] = 1e9],
    ["ends behind", ({ columns }) => columns.flows.arrived[0] = 1e9],
    ["leads nowhere", ({ columns }) => columns.flows.toSlices[0] = 500],
    ["leads nowhere", ({ columns }) => columns.flows.fromSlices[0] = 500],
    ["divide its buckets", ({ columns }) => columns.levels[0]!.firsts[1] = 9999],
    ["buckets are not in order", ({ columns }) => columns.levels[0]!.buckets[1] = 1e9],
    ["bucket has no name", ({ columns }) => columns.levels[0]!.names[0] = 999],
  ];
  for (const [problem, change] of cases) {
    assertThrows(() => decodeIndex(changed(change)), TraceIndexError, problem);
  }
});
