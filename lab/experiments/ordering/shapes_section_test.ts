import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sampleRun } from "../../testdata/sample_run.ts";
import type { ShapesResult } from "./shapes_schema.ts";
import { orderingSection } from "./section.ts";
import { shown } from "../../testdata/shown.ts";

const options = { color: false, width: 100 };

function result(weakWithFence: number): ShapesResult {
  const common = { shape: "SB", threads: 2, iterations: 1000, ran: true, why: null };
  return {
    experiment: "shapes",
    cpus: [0, 1],
    shapes: [
      { ...common, barrier: "none", weak: 7 },
      { ...common, barrier: "fence", weak: weakWithFence },
      {
        ...common,
        shape: "IRIW",
        threads: 4,
        barrier: "none",
        iterations: 0,
        weak: 0,
        ran: false,
        why: "it needs 4 CPUs, 2 can be used",
      },
    ],
    priority: "fifo",
    seconds: 0.5,
  };
}

Deno.test("orderingSection() prints litmus7's lines and what follows from them", () => {
  const text = shown(orderingSection, sampleRun({ results: [result(0)] }), options);
  assertStringIncludes(text, "litmus shapes on CPUs 0-1");
  assert(/Observation SB Sometimes 7 993 +a store is delayed/.test(text), text);
  assert(/Observation SB\+fences Never 0 1000 +forbidden by full fences/.test(text), text);
  assert(/\n {2}IRIW +not run: it needs 4 CPUs/.test(text), text);
  assert(!text.includes("ERROR"));
  assertEquals(shown(orderingSection, sampleRun({ results: [] }), options), "");
});

Deno.test("orderingSection() is loud about an outcome that fences forbid", () => {
  const run = sampleRun({ results: [result(1)] });
  assertStringIncludes(shown(orderingSection, run, options), "FORBIDDEN with full fences");
  assertStringIncludes(
    shown(orderingSection, run, options),
    "no verdict of this run can be trusted",
  );
  assertStringIncludes(shown(orderingSection, run, { ...options, color: true }), "\x1b[1;31mERROR");
});
