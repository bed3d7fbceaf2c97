import { assertEquals } from "@std/assert";
import type { CostResult } from "../experiments/cost/cost_schema.ts";
import type { Requests } from "../request/stall_guard.ts";
import { sampleCost } from "../testdata/sample_run.ts";
import { runSteps, type RunStepsOptions, type StepNews } from "./run_steps.ts";
import type { PlannedStep } from "./steps.ts";

const times = { count: 1, p50: 5, min: 5, max: 5 };
const registerNs = { coldSingle: times, warm: times, coldThreaded: null };

/** A host that measures and registers as told. */
const session = {
  request: (kind: string) => {
    const { histogram, ...result } = sampleCost({ technique: "signal", registerNs: null });
    return Promise.resolve(
      kind === "registration"
        ? [{ result: { technique: "signal", registerNs }, histogram: null }]
        : [{ result, histogram }],
    );
  },
} as unknown as Requests;

function stepOf(kind: string): PlannedStep {
  const parameters = { "caller-cpus": [0], "sibling-cpus": [1] };
  return { label: kind, experiment: "cost", kind, technique: "signal", parameters, seconds: 1 };
}

Deno.test("what registering costs is told with the result that it stands with", async () => {
  const news: StepNews[] = [];
  const { results } = await runSteps(session, [stepOf("cost"), stepOf("registration")], {
    host: "h",
    capabilities: { techniques: [] },
    onNews: (one: StepNews) => void news.push(structuredClone(one)),
  } as unknown as RunStepsOptions);
  assertEquals(results.map((one) => (one as CostResult).registerNs), [registerNs]);
  const told = news.flatMap((one) => one.kind === "result" ? [one] : []);
  assertEquals(told.map(({ at }) => at), [0, 0]);
  assertEquals(told.map(({ result }) => (result as CostResult).registerNs), [null, registerNs]);
});
