import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";

import {
  type Frame,
  frameFile,
  frameHistogram,
  frameJson,
  frameOutput,
  FrameReader,
  FrameType,
  ProtocolError,
} from "./frames.ts";

function encode(frames: readonly Frame[]): Uint8Array {
  const parts = frames.map(({ type, payload }) => {
    const bytes = new Uint8Array(8 + payload.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, type, true);
    view.setUint32(4, payload.length, true);
    bytes.set(payload, 8);
    return bytes;
  });
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const anyFrame = fc.record({
  type: fc.integer({ min: 1, max: 255 }),
  payload: fc.uint8Array({ maxLength: 40 }),
});

Deno.test("FrameReader.push() gives the same frames however the stream is cut", () => {
  fc.assert(fc.property(
    fc.array(anyFrame, { maxLength: 8 }),
    fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
    (frames, cuts) => {
      const stream = encode(frames);
      const reader = new FrameReader();
      const read: Frame[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const length = cuts[i % cuts.length]!;
        read.push(...reader.push(stream.subarray(at, at + length)));
        at += length;
      }
      reader.end();
      assertEquals(read, frames);
    },
  ));
});

Deno.test("FrameReader.end() refuses a stream that ends inside a frame", () => {
  const stream = encode([{ type: 2, payload: new Uint8Array(10) }]);
  for (let length = 1; length < stream.length; length++) {
    const reader = new FrameReader();
    assertEquals(reader.push(stream.subarray(0, length)), []);
    assertThrows(() => reader.end(), ProtocolError, `${length} bytes`);
  }
});

Deno.test("FrameReader.push() quotes what is no frame, such as a login banner", () => {
  const banner = new TextEncoder().encode("Welcome to p9-01!\n\x1b[31m");
  assertThrows(() => new FrameReader().push(banner), ProtocolError, "'Welcome to p9-01!..[31m'");
});

Deno.test("FrameReader.push() survives any bytes with frames or a ProtocolError", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
    try {
      new FrameReader().push(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }));
});

Deno.test("frameJson() refuses what is not JSON", () => {
  const payload = new TextEncoder().encode("{");
  assertThrows(() => frameJson({ type: FrameType.result, payload }), ProtocolError, "type 2");
});

Deno.test("frameHistogram() reads pairs and refuses wrong lengths and counts beyond 2^53", () => {
  const payload = new Uint8Array(8 + 12);
  const view = new DataView(payload.buffer);
  view.setUint32(0, 7, true);
  view.setUint32(4, 1, true);
  view.setUint32(8, 300, true);
  view.setBigUint64(12, 9n, true);
  const frame = { type: FrameType.histogram, payload };
  assertEquals(frameHistogram(frame), { unit: "ps", precisionBits: 7, index: [300], count: [9] });
  view.setBigUint64(12, 1n << 53n, true);
  assertThrows(() => frameHistogram(frame), ProtocolError, "beyond 2^53");
  assertThrows(
    () => frameHistogram({ type: 16, payload: payload.subarray(0, 19) }),
    ProtocolError,
    "19 bytes",
  );
  assertThrows(() => frameHistogram({ type: 16, payload: new Uint8Array(3) }), ProtocolError);
});

function fileFrame(name: string, bytes: number[]): Frame {
  const encoded = new TextEncoder().encode(name);
  const payload = new Uint8Array(4 + encoded.length + bytes.length);
  new DataView(payload.buffer).setUint32(0, encoded.length, true);
  payload.set(encoded, 4);
  payload.set(bytes, 4 + encoded.length);
  return { type: FrameType.file, payload };
}

Deno.test("frameFile() gives name and bytes", () => {
  const { name, bytes } = frameFile(fileFrame("events/ipi/ipi_send_cpu.format", [1, 2]));
  assertEquals([name, [...bytes]], ["events/ipi/ipi_send_cpu.format", [1, 2]]);
});

Deno.test("frameFile() refuses names that lead elsewhere", () => {
  const names = [
    "/etc/passwd",
    "../x",
    "a/../../x",
    "a//b",
    "",
    ".",
    "a/.b",
    "a\0b",
    "ä",
    "a/b/c/d/e",
  ];
  for (const name of names) {
    assertThrows(() => frameFile(fileFrame(name, [])), ProtocolError, "leads elsewhere");
  }
  const frame = fileFrame("abc", []);
  assertThrows(() => frameFile({ ...frame, payload: frame.payload.subarray(0, 6) }), ProtocolError);
});

Deno.test("frameOutput() tells streams apart and refuses others", () => {
  const frame = (stream: number): Frame => {
    const payload = new Uint8Array([0, 0, 0, 0, 65]);
    new DataView(payload.buffer).setUint32(0, stream, true);
    return { type: FrameType.output, payload };
  };
  assertEquals(frameOutput(frame(1)), { stream: "stdout", bytes: new Uint8Array([65]) });
  assertEquals(frameOutput(frame(2)).stream, "stderr");
  assertThrows(() => frameOutput(frame(3)), ProtocolError, "stream 3");
  assertThrows(() => frameOutput({ type: 18, payload: new Uint8Array(2) }), ProtocolError);
});
