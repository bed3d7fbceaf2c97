import { assertEquals } from "@std/assert";
import { KernelSymbols } from "./kernel_symbols.ts";

const kallsyms = `ffffffff81000000 T _stext
ffffffff81000000 T first
ffffffff81000100 t second
ffffffffc0000000 t in_module\t[module]
ffffffff82000000 t behind_the_module
c0008000 T short_address
0000000000000000 t hidden
not a line
`;
const formats = `0xffffffff82345678 : "Function call interrupts"
0x00c0de : "narrow"
`;

function symbols(text = kallsyms): KernelSymbols {
  return new KernelSymbols(new TextEncoder().encode(text), formats);
}

Deno.test("KernelSymbols names the function that an address is in", () => {
  const known = symbols();
  assertEquals(known.size, 6);
  assertEquals(known.symbolText(0xffffffff, 0x81000100), "second");
  assertEquals(known.symbolText(0xffffffff, 0x810001ff), "second+0xff");
  assertEquals(known.symbolText(0xffffffff, 0x82000004), "behind_the_module+0x4");
  assertEquals(known.symbolText(0xffffffff, 0xc0000001), "in_module+0x1");
  assertEquals(known.symbolText(0, 0xc0008010), "short_address+0x10");
});

Deno.test("KernelSymbols gives the address where no function is near", () => {
  assertEquals(symbols().symbolText(0xffffffff, 0x91000000), "0xffffffff91000000");
  assertEquals(symbols().symbolText(0, 0x10), "0x10");
  assertEquals(symbols("").symbolText(0xffff0000, 0x10), "0xffff000000000010");
});

Deno.test("KernelSymbols finds constant texts by their address", () => {
  const text = (high: number, low: number): string =>
    new TextDecoder().decode(symbols().string(high, low));
  assertEquals(text(0xffffffff, 0x82345678), "Function call interrupts");
  assertEquals(text(0, 0xc0de), "narrow");
  assertEquals(text(0, 0xc0df), "0xc0df");
});
