import { assertEquals } from "@std/assert";
import type { LiveRun } from "../../lab/live/live_runs.ts";
import { sampleCost } from "../../lab/testdata/sample_run.ts";
import { viewOf } from "./live_view.ts";

const histogram = { unit: "ps" as const, precisionBits: 7, index: [900, 910], count: [3, 4] };

const run: LiveRun = {
  id: "1",
  host: "local",
  command: "lab run",
  startedAt: "2026-11-21T01:00:00Z",
  now: { fraction: 0.5, label: "cost", elapsed: 1, sampled: { technique: "mprotect", histogram } },
  results: [sampleCost({ technique: "munmap", siblings: 1, histogram })],
  end: null,
};

Deno.test("viewOf() shows what is sampled until the run has ended", () => {
  assertEquals(viewOf(run).sampling?.count, 7);
  assertEquals(viewOf({ ...run, end: { run: "x", problem: null } }).sampling, null);
  assertEquals(viewOf({ ...run, end: { run: null, problem: "killed" } }).sampling, null);
});

Deno.test("viewOf() names the crew of what was measured", () => {
  const named = (siblings: number): string | null | undefined =>
    viewOf({ ...run, results: [sampleCost({ technique: "munmap", siblings, histogram })] })
      .measured[0]?.technique;
  assertEquals([0, 1, 3].map(named), [
    "munmap, without sibling",
    "munmap, 1 sibling",
    "munmap, 3 siblings",
  ]);
});
