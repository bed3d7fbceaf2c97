import { assertEquals, assertThrows } from "@std/assert";
import { EngineError } from "../trace_processor/errors.ts";
import { cpuList, flag, literal, number, optional, readRows, text, wide } from "./columns.ts";

Deno.test("readRows() gives columns their types, in any order", () => {
  const result = {
    columns: ["cpus", "n", "name", "on", "ts"],
    rows: [["1,3", 5n, "x", 1n, 2n ** 60n], ["", 0.5, null, 0n, 1n]],
  };
  const columns = { name: optional(text), n: number, ts: wide, on: flag, cpus: cpuList };
  assertEquals(readRows(result, columns), [
    { name: "x", n: 5, ts: 2n ** 60n, on: true, cpus: [1, 3] },
    { name: null, n: 0.5, ts: 1n, on: false, cpus: [] },
  ]);
});

Deno.test("readRows() refuses a missing column and a value of another type", () => {
  const result = { columns: ["n"], rows: [[2n ** 60n]] };
  assertThrows(() => readRows(result, { m: number }), EngineError, "no column 'm'");
  assertThrows(
    () => readRows(result, { n: number }),
    EngineError,
    "column 'n' holds 1152921504606846976",
  );
  assertThrows(() => readRows(result, { n: text }), EngineError, "column 'n'");
});

Deno.test("literal() quotes for SQL", () => {
  assertEquals(literal("it's"), "'it''s'");
});
