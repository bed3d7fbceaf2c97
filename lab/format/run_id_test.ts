import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { isRunId, newRunId, startOfRunId } from "./run_id.ts";

const START = new Date("2026-11-21T01:04:38.512Z");

Deno.test("newRunId() is start, host and four hex digits", () => {
  assertMatch(newRunId(START, "local"), /^20261121T010438Z-local-[0-9a-f]{4}$/);
});

Deno.test("newRunId() differs between runs of the same second", () => {
  const ids = Array.from({ length: 300 }, () => newRunId(START, "local"));
  assert(new Set(ids).size > 250);
  assert(ids.every(isRunId), "some random digits make no id");
});

Deno.test("newRunId() makes an id of whatever a host is called", () => {
  for (const host of ["qemu-arm64@6.1", "../../etc", "", "\x1b[2J", "ä ö", "x".repeat(300), "-"]) {
    assert(isRunId(newRunId(START, host)), host);
  }
  assertMatch(newRunId(START, "qemu-arm64@6.1"), /-qemu-arm64-6\.1-[0-9a-f]{4}$/);
});

Deno.test("newRunId() refuses a date that is none", () => {
  assertThrows(() => newRunId(new Date(NaN), "local"), RangeError);
});

Deno.test("isRunId() accepts nothing that could leave a directory", () => {
  assert(isRunId("20261121T010438Z-local-3fa2"));
  for (
    const name of [
      "",
      "..",
      "20261121T010438Z-local-3fa",
      "20261121T010438Z-../x-3fa2",
      "20261121T010438Z--3fa2",
      "20261121T010438Z-local-3fa2\n",
      "x20261121T010438Z-local-3fa2",
    ]
  ) assert(!isRunId(name), name);
});

Deno.test("startOfRunId() reads the start back", () => {
  assertEquals(startOfRunId("20261121T010438Z-local-3fa2"), Date.parse("2026-11-21T01:04:38Z"));
  assertEquals(startOfRunId("20261399T010438Z-local-3fa2"), null);
  assertEquals(startOfRunId("my-run"), null);
});
