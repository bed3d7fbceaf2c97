import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  decodePackedDouble,
  decodePackedInt64,
  ProtobufError,
  ProtoReader,
} from "./proto_reader.ts";
import { encodeMessage } from "./proto_writer.ts";

/** Encodes signed 64-bit varints as protobuf's specification says, slowly. */
function packInt64(values: readonly bigint[]): Uint8Array {
  const bytes: number[] = [];
  for (const value of values) {
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
  }
  return Uint8Array.from(bytes);
}

Deno.test("encodeMessage() writes the bytes of protobuf's own examples", () => {
  assertEquals(encodeMessage([[1, 150]]), Uint8Array.of(0x08, 0x96, 0x01));
  assertEquals(encodeMessage([[2, "testing"]]).toHex(), "120774657374696e67");
  assertEquals(encodeMessage([[3, [[1, 150]]], [4, undefined]]).toHex(), "1a03089601");
});

Deno.test("ProtoReader reads what encodeMessage() wrote", () => {
  const field = fc.integer({ min: 1, max: 2 ** 29 - 1 });
  const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  fc.assert(fc.property(field, number, field, fc.string(), (one, value, two, text) => {
    const reader = new ProtoReader(encodeMessage([[one, value], [two, text]]));
    assertEquals(reader.next(), true);
    assertEquals([reader.field, reader.number()], [one, value]);
    assertEquals(reader.next(), true);
    assertEquals([reader.field, reader.string()], [two, text.toWellFormed()]);
    assertEquals(reader.next(), false);
  }));
});

Deno.test("ProtoReader refuses what is cut off, and a field of another type", () => {
  assertThrows(() => new ProtoReader(Uint8Array.of(0x08, 0x80)).next(), ProtobufError, "varint");
  assertThrows(() => new ProtoReader(Uint8Array.of(0x12, 5, 1)).next(), ProtobufError, "5 bytes");
  assertThrows(() => new ProtoReader(Uint8Array.of(0x0b)).next(), ProtobufError, "wire type 3");
  const reader = new ProtoReader(encodeMessage([[1, 5]]));
  reader.next();
  assertThrows(() => reader.bytes(), ProtobufError, "field 1");
});

Deno.test("ProtoReader ends on any bytes, with an error or without", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const reader = new ProtoReader(bytes);
    try {
      for (let fields = 0; reader.next(); fields++) assertEquals(fields <= bytes.length, true);
    } catch (cause) {
      assertEquals(cause instanceof ProtobufError, true);
    }
  }));
});

Deno.test("decodePackedInt64() keeps all 64 bits and the sign", () => {
  const edges = [
    0n,
    1n,
    -1n,
    2n ** 49n - 1n,
    2n ** 49n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ];
  assertEquals(decodePackedInt64(packInt64(edges)), edges);
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (values) => {
      assertEquals(decodePackedInt64(packInt64(values)), values);
    }),
  );
  assertThrows(() => decodePackedInt64(Uint8Array.of(0x80)), ProtobufError);
  assertThrows(() => decodePackedInt64(new Uint8Array(20).fill(0xff)), ProtobufError);
});

Deno.test("decodePackedDouble() reads doubles wherever they lie", () => {
  const bytes = new Uint8Array(17);
  new DataView(bytes.buffer).setFloat64(1, -1.5, true);
  new DataView(bytes.buffer).setFloat64(9, Infinity, true);
  assertEquals(decodePackedDouble(bytes.subarray(1)), [-1.5, Infinity]);
  assertThrows(() => decodePackedDouble(bytes), ProtobufError, "17 bytes");
});
