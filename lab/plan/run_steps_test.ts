import { assertEquals } from "@std/assert";
import type { CostResult } from "../experiments/cost/cost_schema.ts";
import type { Requests } from "../request/stall_guard.ts";
import { sampleCost } from "../testdata/sample_run.ts";
import { runSteps, type RunStepsOptions, type StepNews } from "./run_steps.ts";
import type { PlannedStep } from "./steps.ts";

const times = { count: 1, p50: 5, min: 5, max: 5 };
const measured = { available: true, outcome: "measured", reason: null, errno: null } as const;
const registerNs = { coldSingle: times, warm: times, coldThreaded: null };

/** A host that measures and registers as told. */
const session = {
  request: (kind: string) => {
    const { histogram, ...result } = sampleCost({
      ...measured,
      technique: "signal",
      registerNs: null,
    });
    const answers: Record<string, unknown> = {
      cost: { result, histogram },
      registration: { result: { ...measured, technique: "signal", registerNs }, histogram: null },
      cpus: { result: { online: [0, 1], allowed: [0] }, histogram: null },
    };
    return Promise.resolve([answers[kind]]);
  },
} as unknown as Requests;

const facts = { online: [0, 1], allowed: [0, 1] };

function stepOf(kind: string): PlannedStep {
  const parameters = { "caller-cpus": [0], "sibling-cpus": [1] };
  return { label: kind, experiment: "cost", kind, technique: "signal", parameters, seconds: 1 };
}

Deno.test("what registering costs is told with the result that it stands with", async () => {
  const news: StepNews[] = [];
  const { results } = await runSteps(session, [stepOf("cost"), stepOf("registration")], {
    host: "h",
    capabilities: { techniques: [] },
    facts,
    onNews: (one: StepNews) => void news.push(structuredClone(one)),
  } as unknown as RunStepsOptions);
  assertEquals(results.map((one) => (one as CostResult).registerNs), [registerNs]);
  const told = news.flatMap((one) => one.kind === "result" ? [one] : []);
  assertEquals(told.map(({ at }) => at), [0, 0]);
  assertEquals(told.map(({ result }) => (result as CostResult).registerNs), [null, registerNs]);
});

Deno.test("runSteps() tells which step CPUs came or went during", async () => {
  const options = { host: "h", capabilities: { techniques: [] }, facts };
  const { cpuChanges } = await runSteps(
    session,
    [stepOf("cost"), stepOf("registration")],
    options as unknown as RunStepsOptions,
  );
  assertEquals(cpuChanges, [{ step: "cost", which: "allowed", before: "0-1", after: "0" }]);
});
