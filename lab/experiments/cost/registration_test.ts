import { assert, assertEquals } from "@std/assert";
import { sampleCost, sampleRun } from "../../testdata/sample_run.ts";
import { costSection } from "./section.ts";
import { shown } from "../../testdata/shown.ts";

const OPTIONS = { color: false, width: 100 };
const REGISTERED = sampleCost({
  technique: "membarrier-rseq",
  registerNs: {
    coldSingle: { count: 5, p50: 700, min: 600, max: 4400 },
    warm: { count: 5, p50: 100, min: 90, max: 200 },
    coldThreaded: { count: 5, p50: 8e6, min: 8e6, max: 44e6 },
  },
});

Deno.test("costSection() shows first and repeated registrations", () => {
  const single = sampleCost({
    technique: "munmap",
    registerNs: { ...REGISTERED.registerNs!, coldThreaded: null },
  });
  const run = sampleRun({ results: [REGISTERED, sampleCost(), single] });
  assertEquals(
    shown(costSection, run, OPTIONS).split("\n\n").at(-1),
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

Deno.test("costSection() stamps the times of an emulated host", () => {
  const run = sampleRun({ results: [REGISTERED] });
  run.host.emulated = true;
  const last = shown(costSection, run, OPTIONS).split("\n\n").at(-1)!;
  assert(last.startsWith("emulated: semantics only, times mean nothing\nCost of registering"));
});

Deno.test("costSection() says nothing of registering when nothing registered", () => {
  assert(!shown(costSection, sampleRun(), OPTIONS).includes("registering"));
});
