import { assert, assertEquals } from "@std/assert";
import { sampleCost, sampleRun } from "../../testdata/sample_run.ts";
import { renderRegistration } from "./registration_table.ts";

const OPTIONS = { color: false, width: 100 };
const REGISTERED = sampleCost({
  technique: "membarrier-rseq",
  registerNs: {
    coldSingle: { count: 5, p50: 700, min: 600, max: 4400 },
    warm: { count: 5, p50: 100, min: 90, max: 200 },
    coldThreaded: { count: 5, p50: 8e6, min: 8e6, max: 44e6 },
  },
});

Deno.test("renderRegistration() shows first and repeated registrations", () => {
  const single = sampleCost({
    technique: "munmap",
    registerNs: { ...REGISTERED.registerNs!, coldThreaded: null },
  });
  const run = sampleRun({ results: [REGISTERED, sampleCost(), single] });
  assertEquals(
    renderRegistration(run, OPTIONS),
    [
      "Cost of registering",
      "  technique        first, one thread  first, many threads            again",
      "  ───────────────  ─────────────────  ───────────────────  ───────────────",
      "  membarrier-rseq   700 ns (4.40 µs)    8.00 ms (44.0 ms)  100 ns (200 ns)",
      "  munmap            700 ns (4.40 µs)                    -  100 ns (200 ns)",
      "  median (greatest) of the registrations",
    ].join("\n"),
  );
});

Deno.test("renderRegistration() stamps the times of an emulated host", () => {
  const run = sampleRun({ results: [REGISTERED] });
  run.host.emulated = true;
  assert(renderRegistration(run, OPTIONS).startsWith("emulated: semantics only"));
});

Deno.test("renderRegistration() is empty when nothing registered", () => {
  assertEquals(renderRegistration(sampleRun(), OPTIONS), "");
});
