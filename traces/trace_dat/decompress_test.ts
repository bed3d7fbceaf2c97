import { assertEquals, assertThrows } from "@std/assert";
import { deflateSync, zstdCompressSync } from "node:zlib";
import { CaptureError } from "../convert/capture_source.ts";
import { decompress } from "./decompress.ts";

const original = new Uint8Array(10_000).fill(7);
const packed: readonly [string, Uint8Array][] = [
  ["zstd", zstdCompressSync(original)],
  ["zlib", deflateSync(original)],
];

Deno.test("decompress() gives back what was packed", () => {
  for (const [name, bytes] of packed) {
    assertEquals([...decompress(name, bytes, original.length)], [...original]);
  }
});

Deno.test("decompress() refuses other sizes than announced, garbage, and unknown algorithms", () => {
  for (const [name, bytes] of packed) {
    assertThrows(() => decompress(name, bytes, original.length + 1), CaptureError, "10001 were");
    assertThrows(() => decompress(name, bytes, original.length - 1), CaptureError);
    assertThrows(() => decompress(name, bytes.subarray(5), original.length), CaptureError);
  }
  assertThrows(() => decompress("lzma", original, 5), CaptureError, "known are zstd, zlib");
  assertThrows(() => decompress("zstd", original, 2 ** 31), CaptureError, "up to");
});
