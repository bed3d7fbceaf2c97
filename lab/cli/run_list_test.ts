import { assert, assertEquals } from "@std/assert";
import type { RunRow } from "../store/run_row.ts";
import { renderRunList } from "./run_list.ts";

const READABLE: RunRow = {
  state: "ok",
  id: "20261121T010438Z-local-3fa2",
  path: "runs/20261121T010438Z-local-3fa2",
  startedAt: "2026-11-21T01:04:38Z",
  seconds: 12.3,
  command: "deno task lab run",
  host: "local",
  arch: "x86_64",
  kernel: "6.18.44",
  emulated: true,
  experiments: ["conformance", "cost"],
  techniques: ["mprotect"],
  failed: [],
  warnings: 2,
  invalidated: true,
};
const DAMAGED: RunRow = {
  state: "damaged",
  id: "bad\x1b[2J",
  path: "runs/bad",
  startedAt: "2026-11-20T00:00:00.000Z",
  error: "Cannot read run 'bad': it is not JSON\x07",
};

Deno.test("renderRunList() shows runs in a table and explains the damaged below", () => {
  assertEquals(renderRunList([READABLE, DAMAGED], { color: false, width: 140 }).split("\n"), [
    "  run                          started              host   arch    kernel   experiments                     took        warnings",
    "  ───────────────────────────  ───────────────────  ─────  ──────  ───────  ────────────────────────────  ──────  ──────────────",
    "  20261121T010438Z-local-3fa2  2026-11-21 01:04:38  local  x86_64  6.18.44  conformance, cost (emulated)  12.3 s  2, INVALIDATES",
    "  bad\\x1b[2J                   2026-11-20 00:00:00                          damaged",
    "  2 runs, 1 damaged",
    "  bad\\x1b[2J: Cannot read run 'bad': it is not JSON\\x07",
  ]);
});

Deno.test("renderRunList() keeps id, host and experiments on a narrow page", () => {
  const [titles] = renderRunList([READABLE], { color: false, width: 80 }).split("\n");
  assert(/^ {2}run +host +arch +experiments +warnings$/.test(titles!), titles);
});

Deno.test("renderRunList() says that there is nothing", () => {
  assertEquals(renderRunList([], { color: false, width: 80 }), "No runs");
});
