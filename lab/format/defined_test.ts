import { assertEquals } from "@std/assert";
import { defined } from "./defined.ts";

Deno.test("defined() leaves out what is undefined, and nothing else", () => {
  const members = { none: undefined, no: null, zero: 0, empty: "", off: false };
  assertEquals(defined(members), { no: null, zero: 0, empty: "", off: false });
  assertEquals("none" in defined(members), false);
});
