import { assertEquals } from "@std/assert";
import { parseEventFormat } from "./event_format.ts";
import { locate } from "./locate.ts";

/** Where the content of a field lies in an event of 32 bytes at byte 4; `undefined` if outside. */
function place(declaration: string, word: number): [number, number] | undefined {
  const line = `\tfield:${declaration};\toffset:8;\tsize:4;\tsigned:0;`;
  const [field] = parseEventFormat("test", `name: a\nID: 1\n${line}`).fields;
  const view = new DataView(new ArrayBuffer(64));
  view.setUint32(12, word, true);
  const span = { begin: -1, end: -1 };
  const inside = locate(span, field!, view, 4, 32, true);
  if (!inside) assertEquals(span, { begin: 4, end: 4 });
  return inside ? [span.begin, span.end] : undefined;
}

Deno.test("locate() follows both kinds of locators, and only inside of the event", () => {
  assertEquals(place("__data_loc char[] name", (6 << 16) | 20), [24, 30]);
  assertEquals(place("__rel_loc char[] name", (6 << 16) | 8), [24, 30]);
  assertEquals(place("__data_loc char[] name", (12 << 16) | 20), [24, 36]);
  assertEquals(place("__data_loc char[] name", (13 << 16) | 20), undefined);
  assertEquals(place("__rel_loc char[] name", (1 << 16) | 0xffff), undefined);
  assertEquals(place("unsigned int plain", 0xffffffff), [12, 16]);
});
