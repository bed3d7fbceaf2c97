import { assertEquals } from "@std/assert";
import { printable } from "./printable.ts";

Deno.test("printable() escapes what could drive a terminal", () => {
  assertEquals(printable("\x1b[2J\x1b]0;title\x07"), "\\x1b[2J\\x1b]0;title\\x07");
  assertEquals(printable("a\nb\tc\rd\x00\x7f"), "a\\x0ab\\x09c\\x0dd\\x00\\x7f");
  assertEquals(printable("\x9b31m"), "\\x9b31m");
});

Deno.test("printable() escapes what reorders or hides text", () => {
  assertEquals(
    printable("a\u202eb\u2066c\u200bd\u2028e\ufefff"),
    [
      "a\\u202eb\\u2066c\\u200bd\\u2028e\\ufefff",
    ].join(""),
  );
  assertEquals(printable("\ud800x\udc00"), "\\ud800x\\udc00");
});

Deno.test("printable() leaves text of any language alone", () => {
  const text = "Größe 15 µs, 日本語, ▁▂█, 😀 ~";
  assertEquals(printable(text), text);
});
