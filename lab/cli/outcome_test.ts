import { assertEquals } from "@std/assert";

import type { Result } from "../experiments/run/run_schema.ts";
import { sideOf } from "../experiments/ordering/testdata/counts.ts";
import { resultsWith } from "../experiments/ordering/testdata/runs.ts";
import type { CoreSyncResult } from "../experiments/core_sync/core_sync_schema.ts";
import { sampleCoreSync } from "../testdata/sample_core_sync.ts";
import { sampleDisturbance } from "../testdata/sample_disturbance.ts";
import { sampleRcu } from "../testdata/sample_rcu.ts";
import { sampleCapture, sampleCaptured, sampleCost, sampleRun } from "../testdata/sample_run.ts";
import { outcomeOf } from "./outcome.ts";

function ordering(technique: string, role: string, weak: number): Result {
  const counts = sideOf(weak, 20_000);
  return resultsWith((one) => one.technique === technique && one.role === role ? { counts } : {})
    .find((one) => one.technique === technique && one.role === role)!;
}

function conformance(skipped: boolean): Result {
  const one = { name: "x", expected: "0", actual: "0", pass: !skipped, skipped, note: null };
  return { experiment: "conformance", cases: [one] };
}

function coreSync(technique: string, verdict: CoreSyncResult["verdict"]): Result {
  const controls = { none: null, publishFirst: null };
  return { experiment: "core-sync", ...sampleCoreSync({ technique }), controls, verdict, why: "" };
}

const outcomes: [string, Result[], number][] = [
  ["stale code that a promise excludes", [coreSync("membarrier-sync-core", "not-ordered")], 2],
  ["stale code as expected", [coreSync("none", "not-ordered")], 0],
  ["readers with freed objects", [sampleRcu({ stale: 1 })], 2],
  ["readers with freed objects as expected", [
    sampleRcu({ stale: 1, mutant: true }),
    sampleRcu({ stale: 1, flavour: "mprotect" }),
  ], 0],
  ["an RCU flavour that cannot run", [sampleRcu({ available: false, reads: 0 })], 77],
  ["a measurement", [sampleCost({ available: true, count: 5 })], 0],
  ["nothing but unavailable techniques", [sampleCost({ available: false, count: 0 })], 77],
  ["nothing but failures", [
    sampleCost({ available: false, count: 0 }),
    sampleCost({ available: false, outcome: "failed", count: 0 }),
  ], 1],
  ["a failure beside a measurement", [
    sampleCost({ count: 5 }),
    sampleCost({ available: false, outcome: "failed", count: 0 }),
  ], 0],
  ["no sample kept", [sampleCost({ available: true, count: 0 })], 77],
  ["skipped cases alone", [conformance(true)], 77],
  ["a case", [conformance(false)], 0],
  ["nothing", [], 77],
  ["a storm that cannot be made", [sampleDisturbance({ available: false })], 77],
  ["a storm", [sampleDisturbance()], 0],
  ["tracing that is not to be had", [
    sampleCapture({ available: false, techniques: [sampleCaptured({ available: false, ops: 0 })] }),
  ], 77],
  ["a capture without an operation", [
    sampleCapture({ techniques: [sampleCaptured({ ops: 0 })] }),
  ], 77],
  ["a capture", [sampleCapture({ techniques: [sampleCaptured()] })], 0],
  ["a promise broken", [sampleCost({ count: 5 }), ordering("signal", "technique", 3)], 2],
  ["no promise broken", [ordering("mprotect", "technique", 3)], 0],
  ["a promise kept", [ordering("signal", "technique", 0)], 0],
  ["strangers not ordered", [ordering("membarrier-rseq", "mechanism", 3)], 0],
  ["a promise broken in a scenario", [
    ordering("membarrier-private-expedited", "scenario", 3),
  ], 2],
  ["no turn in the time", [
    { ...ordering("signal", "technique", 0), iterations: 0 } as Result,
  ], 77],
];

for (const [what, results, code] of outcomes) {
  Deno.test(`outcomeOf() is ${code} for ${what}`, () => {
    assertEquals(outcomeOf(sampleRun({ results })), code);
  });
}
