import { assertEquals } from "@std/assert";
import { readUrl, withValues } from "./url_state.ts";

Deno.test("readUrl() reads what is visible and selected", () => {
  assertEquals(readUrl("?from=5&to=90&select=7&q=x&mark=6-8&closed=cpu,operations"), {
    from: 5,
    to: 90,
    select: 7,
    marked: { fromNs: 6, toNs: 8 },
    closed: new Set(["cpu", "operations"]),
  });
});

Deno.test("readUrl() ignores what cannot be meant", () => {
  const nothing = { from: null, to: null, select: null, marked: null, closed: new Set() };
  assertEquals(readUrl(""), nothing);
  assertEquals(readUrl("?from=90&to=5"), nothing);
  assertEquals(readUrl("?from=1"), nothing);
  assertEquals(readUrl("?from=-1&to=1e9&select=0x1"), nothing);
  assertEquals(readUrl("?mark=8-6&closed=everything,,<b>"), nothing);
  assertEquals(readUrl("?mark=6&closed="), nothing);
});

Deno.test("withValues() changes some and keeps the others", () => {
  assertEquals(withValues("?q=a%26b&from=1", { from: 2, select: 3 }), "?q=a%26b&from=2&select=3");
  assertEquals(withValues("?from=1", { from: null }), "");
});
