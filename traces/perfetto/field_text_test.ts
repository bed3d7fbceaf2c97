import { assertEquals } from "@std/assert";
import { cpuList, hexBytes, listNumbers } from "./field_text.ts";
import { parseEventFormat } from "../ring_buffer/event_format.ts";

Deno.test("cpuList() reads masks in words of either size and byte order", () => {
  const mask = Uint8Array.of(0x0a, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
  const all = { begin: 0, end: 16 };
  assertEquals(cpuList(mask, all, 8, true), "1,3,64");
  const big = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0, 1);
  assertEquals(cpuList(big, all, 8, false), "1,3,64");
  assertEquals(
    cpuList(Uint8Array.of(0, 0, 0, 0x0a, 0, 0, 0, 1), { begin: 0, end: 8 }, 4, false),
    "1,3,32",
  );
  assertEquals(cpuList(mask, { begin: 0, end: 0 }, 8, true), "");
  // No kernel has more CPUs than a kilobyte of mask says
  const endless = new Uint8Array(65_536).fill(255);
  assertEquals(cpuList(endless, { begin: 0, end: 65_536 }, 8, true).split(",").length, 8192);
});

Deno.test("listNumbers() and hexBytes() write what has no type in Perfetto", () => {
  const text = "name: a\nID: 1\n\tfield:short x[3];\toffset:8;\tsize:6;\tsigned:1;";
  const [field] = parseEventFormat("test", text).fields;
  const view = new DataView(Int16Array.of(1, -2, 300).buffer);
  assertEquals(listNumbers(view, { begin: 0, end: 6 }, field!, true), "1,-2,300");
  assertEquals(hexBytes(Uint8Array.of(0, 255, 16), { begin: 1, end: 3 }), "ff10");
});
