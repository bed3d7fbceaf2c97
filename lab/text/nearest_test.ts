import { assertEquals } from "@std/assert";
import { editDistance, nearest } from "./nearest.ts";

Deno.test("editDistance() counts insertions, removals and replacements", () => {
  assertEquals(editDistance("kitten", "sitting"), 3);
  assertEquals(editDistance("", "abc"), 3);
  assertEquals(editDistance("abc", ""), 3);
  assertEquals(editDistance("abc", "abc"), 0);
});

Deno.test("nearest() prefers names that contain the wanted text, then similar ones", () => {
  const names = ["20260101T000000Z-zzzzzz-0000", "20261121T010438Z-arm-1-beef", "arm-2"];
  assertEquals(nearest("beef", names, 2), ["20261121T010438Z-arm-1-beef", "arm-2"]);
  assertEquals(nearest("arm-3", names, 1), ["arm-2"]);
});
