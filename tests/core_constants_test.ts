import { assertEquals, assertThrows } from "@std/assert";

import { FrameReader, FrameType, PROTOCOL_VERSION, ProtocolError } from "../ffi/frames.ts";
import { MEMBARRIER_FLAG_CPU, MembarrierCommand } from "../ffi/membarrier.ts";
import { RULES } from "../lab/experiments/ordering/verdict.ts";

/** The values of a C file's enumerators and definitions that are numbers, products or shifts. */
function constantsOf(path: string): Record<string, number> {
  const text = Deno.readTextFileSync(new URL(`../ffi/core/${path}`, import.meta.url));
  const found = text.matchAll(
    /^(?:#define |\t)([A-Z_]+)(?: =)? (\d+)u?(?: (\*|<<) (\d+))?,?(?:$| \/\*)/gm,
  );
  return Object.fromEntries(
    [...found].map(([, name, first, sign, second]) => [
      name!,
      sign === "*" ? Number(first) * Number(second) : Number(first) << Number(second ?? 0),
    ]),
  );
}

/** `membarrier-query` of C's names and of TypeScript's, without their differences. */
function bare(names: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(names).map(([name, value]) => [name.replaceAll("_", "").toLowerCase(), value]),
  );
}

Deno.test("the frames of TypeScript are those of the core", () => {
  const { PROTOCOL_VERSION: version, FRAME_HEADER, FRAME_MAX, ...types } = constantsOf(
    "protocol/frame.h",
  );
  const own = Object.entries(FrameType).map(([name, type]) => [`frame${name}`, type]);
  assertEquals(version, PROTOCOL_VERSION);
  assertEquals(bare(types), Object.fromEntries(own));
  const header = (length: number): Uint8Array => {
    const bytes = new Uint8Array(FRAME_HEADER!);
    new DataView(bytes.buffer).setUint32(0, FrameType.result, true);
    new DataView(bytes.buffer).setUint32(4, length, true);
    return bytes;
  };
  assertEquals(new FrameReader().push(header(FRAME_MAX!)), []);
  assertThrows(() => new FrameReader().push(header(FRAME_MAX! + 1)), ProtocolError);
});

Deno.test("the commands of membarrier are those of the core", () => {
  const { MB_FLAG_CPU, ...commands } = constantsOf("kit/sys.h");
  const own = Object.entries(MembarrierCommand).map(([name, bit]) => [`mb${name}`, bit]);
  assertEquals(MB_FLAG_CPU, MEMBARRIER_FLAG_CPU);
  assertEquals(bare(commands), bare(Object.fromEntries(own)));
});

Deno.test("a call that is too slow for a verdict is so for the core", () => {
  assertEquals(constantsOf("ordering/measure.c")["SLOW_NS"], RULES.slowNs);
});
