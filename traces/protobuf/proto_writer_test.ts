import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ProtoWriter } from "./proto_writer.ts";
import { putInt32, putTime, putUint32, putUint64 } from "./put.ts";

/** A varint's value, the plain way. */
function varintValue(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte, index) => sum | (BigInt(byte & 0x7f) << BigInt(7 * index)), 0n);
}

function written(write: (writer: ProtoWriter) => void): number[] {
  const writer = new ProtoWriter(1);
  write(writer);
  return [...writer.written];
}

Deno.test("ProtoWriter writes the examples of protobuf.dev", () => {
  assertEquals(written((writer) => writer.number(1, 150)), [0x08, 0x96, 0x01]);
  assertEquals(
    written((writer) => writer.text(2, "testing")),
    [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67],
  );
  const minusTwo = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
  assertEquals(written((writer) => writer.signed(-2)), minusTwo);
  assertEquals(written((writer) => writer.bigint(1, -2n)), [0x08, ...minusTwo]);
  assertEquals(written((writer) => writer.fixed64(47, 2 ** 32 + 5)), [
    0xf9,
    2,
    5,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
  ]);
  assertEquals(written((writer) => writer.double(5, 1)), [0x29, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
});

Deno.test("ProtoWriter closes messages with their length, in four bytes or as few as it takes", () => {
  for (const size of [0, 1, 127, 128, 16_383, 16_384, 2_097_152]) {
    const body = new Uint8Array(size).fill(7);
    for (const small of [true, false]) {
      const writer = new ProtoWriter(4);
      const begin = small ? writer.openSmall(3) : writer.open(3);
      writer.raw(body);
      if (small) writer.closeSmall(begin);
      else writer.close(begin);
      const head = writer.length - size;
      assertEquals(writer.bytes[0], 0x1a);
      assertEquals(Number(varintValue(writer.bytes.subarray(1, head))), size);
      assertEquals(writer.bytes.subarray(head, writer.length).every((byte) => byte === 7), true);
    }
  }
});

Deno.test("varints of all widths have the value that was written", () => {
  const bytes = new Uint8Array(32);
  const valueOf = (end: number): bigint => varintValue(bytes.subarray(0, end));
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
    const high = Number(value >> 32n);
    const low = Number(value & 0xffffffffn);
    assertEquals(valueOf(putUint64(bytes, 0, high, low)), value);
    const writer = new ProtoWriter(1);
    writer.varint64(high, low);
    assertEquals(varintValue(writer.written), value);
    assertEquals(valueOf(putUint32(bytes, 0, low)), BigInt(low));
    assertEquals(valueOf(putInt32(bytes, 0, low | 0)), BigInt.asUintN(64, BigInt(low | 0)));
  }));
});

Deno.test("putTime() adds the base exactly", () => {
  const bytes = new Uint8Array(16);
  const times = fc.oneof(fc.nat(), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
  fc.assert(fc.property(times, fc.nat({ max: 2 ** 31 - 1 }), (time, baseHigh) => {
    const end = putTime(bytes, 0, time, baseHigh);
    assertEquals(varintValue(bytes.subarray(0, end)), BigInt(time) + (BigInt(baseHigh) << 32n));
  }));
});
