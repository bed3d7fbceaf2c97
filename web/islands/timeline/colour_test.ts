import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { colourOf, COLOURS, parseHex, SHADES, shadesOf } from "./colour.ts";

Deno.test("colourOf() gives a name the same colour always", () => {
  assertEquals(colourOf("membarrier-rseq"), colourOf("membarrier-rseq"));
});

Deno.test("colourOf() uses all colours about equally", () => {
  const counts = new Array<number>(COLOURS).fill(0);
  for (let number = 0; number < 6000; number++) counts[colourOf(`worker ${number}`)]! += 1;
  for (const count of counts) assertEquals(count > 300 && count < 700, true, `${counts}`);
});

Deno.test("shadesOf() runs from faint to the colour itself", () => {
  const shades = shadesOf([[255, 0, 0], [0, 0, 255]], [255, 255, 255]);
  assertEquals(shades[SHADES - 1], 0xff0000ff);
  assertEquals(shades[2 * SHADES - 1], 0xffff0000);
  assertNotEquals(shades[0], 0xffffffff);
});

Deno.test("parseHex() takes #rrggbb only", () => {
  assertEquals(parseHex(" #0b62c4"), [11, 98, 196]);
  assertThrows(() => parseHex("red"), Error, "expected #rrggbb");
});
