import { assertEquals } from "@std/assert";
import { displayWidth, paint, wrap } from "./style.ts";

Deno.test("paint() colours only when asked to", () => {
  assertEquals(paint("x", "bad", { color: true, width: 80 }), "\x1b[1;31mx\x1b[0m");
  assertEquals(paint("x", "plain", { color: true, width: 80 }), "x");
  assertEquals(paint("x", "bad", { color: false, width: 80 }), "x");
});

Deno.test("displayWidth() counts characters, not bytes or code units", () => {
  assertEquals(displayWidth("15 µs █"), 7);
  assertEquals(displayWidth("e\u0301"), 1);
  assertEquals(displayWidth("𝛼"), 1);
});

Deno.test("wrap() breaks at spaces and indents what follows", () => {
  assertEquals(wrap("one two three four", 10, 2), "one two\n  three\n  four");
  assertEquals(wrap("a verylongwordindeed b", 8, 0), "a\nverylongwordindeed\nb");
  assertEquals(wrap("short", 80, 4), "short");
});
