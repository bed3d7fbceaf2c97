import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { resultsWith } from "../experiments/ordering/testdata/runs.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { sampleDisturbance } from "../testdata/sample_disturbance.ts";
import { sampleCost, sampleRun } from "../testdata/sample_run.ts";
import { renderRun } from "./run.ts";

const OPTIONS = { color: false, width: 120 };

Deno.test("renderRun() opens with what the run is and shows every block that has content", () => {
  const registered = { count: 1, p50: 1, min: 1, max: 1 };
  const registerNs = { coldSingle: registered, warm: registered, coldThreaded: null };
  const refused = { available: false, reason: "because", errno: "EPERM" };
  const run = sampleRun();
  run.results.push(
    sampleCost({ registerNs }),
    sampleCost(refused),
    sampleDisturbance(),
  );
  const text = renderRun(run, OPTIONS);
  assertEquals(text.split("\n").slice(0, 3), [
    "Run 20261121T010438Z-local-3fa2",
    "  started  2026-11-21T01:04:38Z, took 12.3 s, fencelab 0.1.0 (0123abcd)",
    "  command  deno task lab run --plan quick",
  ]);
  const headings = text.split("\n\n").map((block) => block.split("\n")[0]);
  assertEquals(headings, [
    "Run 20261121T010438Z-local-3fa2",
    "No warnings",
    "Conformance",
    "Cost of one operation: 1 caller on CPU 0, 1 sibling on CPU 1, same-cache",
    "Not available here",
    "Cost of registering",
    "Disturbance: what a storm of fences costs others",
    "Who can be hurt by whom",
  ]);
  assert(text.includes("hurts sibling that wakes up"), text);
});

Deno.test("renderRun() of a run without results is its head and its warnings", () => {
  assertEquals(renderRun(sampleRun({ results: [] }), OPTIONS).split("\n\n").length, 2);
});

Deno.test("renderRun() lets no text of a hostile run reach the terminal as it is", () => {
  const evil = "x\x1b[2J\x9b\u202e\ny";
  const run = sampleRun({
    results: [
      sampleCost(),
      sampleCost({ available: false }),
      sampleDisturbance(),
      ...resultsWith(),
    ],
  });
  const hostile = spoil(run, evil) as Run;
  for (const all of [false, true]) {
    const text = renderRun(hostile, { ...OPTIONS, all });
    assertStringIncludes(text, "x\\x1b[2J\\x9b\\u202e\\x0ay");
    // deno-lint-ignore no-control-regex -- the line breaks are the renderer's own
    assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(text), text);
    assert(!text.includes("\ny"), text);
  }
});

/** A copy of a value with every text but names of experiments replaced. */
function spoil(value: unknown, evil: string): unknown {
  if (typeof value === "string") return evil;
  if (Array.isArray(value)) return value.map((item) => spoil(item, evil));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    return [key, key === "experiment" ? item : spoil(item, evil)];
  });
  return Object.fromEntries(entries);
}
