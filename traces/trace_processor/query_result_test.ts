import { assertEquals, assertThrows } from "@std/assert";
import { ProtobufError } from "../protobuf/proto_reader.ts";
import { encodeMessage } from "../protobuf/proto_writer.ts";
import { decodeQueryPart, plainValue, records } from "./query_result.ts";

Deno.test("decodeQueryPart() puts cells of all types back in order", () => {
  const double = new Uint8Array(new Float64Array([0.5]).buffer);
  const part = decodeQueryPart(encodeMessage([
    [1, "a"],
    [1, "b"],
    [3, [
      [1, Uint8Array.of(4, 2, 1, 3, 4, 5)],
      [2, Uint8Array.of(42)],
      [3, double],
      [4, Uint8Array.of(7, 8)],
      [5, "x\0ü\0"],
      [6, true],
    ]],
  ]));
  assertEquals(part, {
    columns: ["a", "b"],
    error: undefined,
    cells: ["x", 42n, null, 0.5, "ü", Uint8Array.of(7, 8)],
    isLast: true,
  });
});

Deno.test("decodeQueryPart() refuses a batch that lacks values or has unknown types", () => {
  const lacking = encodeMessage([[3, [[1, Uint8Array.of(2, 2)], [2, Uint8Array.of(1)]]]]);
  assertThrows(() => decodeQueryPart(lacking), ProtobufError, "lacks values");
  const unknown = encodeMessage([[3, [[1, Uint8Array.of(9)]]]]);
  assertThrows(() => decodeQueryPart(unknown), ProtobufError, "type 9");
});

Deno.test("plainValue() makes numbers of integers only where no digit is lost", () => {
  assertEquals(plainValue(2n ** 53n - 1n), 2 ** 53 - 1);
  assertEquals(plainValue(2n ** 53n), 2n ** 53n);
  assertEquals(plainValue("7"), "7");
});

Deno.test("records() names the values", () => {
  const result = { columns: ["ts", "name"], rows: [[5n, "a"], [null, "b"]] };
  assertEquals(records(result), [{ ts: 5, name: "a" }, { ts: null, name: "b" }]);
});
