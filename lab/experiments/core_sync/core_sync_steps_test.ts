import { assertEquals } from "@std/assert";
import type { Machine } from "../step.ts";
import { coreSyncSteps } from "./core_sync_steps.ts";
import type { CoreSyncPlan } from "./core_sync_steps.ts";
import { shapesStep } from "../ordering/shapes_steps.ts";

/** Cores with one thread each, one cache for all. */
function machine(cpus: number): Machine {
  const topology = Array.from({ length: cpus }, (_, cpu) => {
    return { cpu, core: `${cpu}`, cache: "cache", node: "node", package: "package" };
  });
  return { arch: "x86_64", topology, allowed: topology.map(({ cpu }) => cpu) };
}

const plan: CoreSyncPlan = {
  experiment: "core-sync",
  techniques: ["membarrier-sync-core", "none"],
  modifications: 100,
  seconds: 0.5,
};

Deno.test("coreSyncSteps() tries both controls first, and each technique once", () => {
  const { steps } = coreSyncSteps(plan, machine(2));
  assertEquals(steps.map(({ parameters }) => [parameters["technique"], parameters["order"]]), [
    ["none", "publish-first"],
    ["none", "code-first"],
    ["membarrier-sync-core", "code-first"],
  ]);
  assertEquals(steps[2]!.parameters, {
    technique: "membarrier-sync-core",
    order: "code-first",
    "caller-cpu": 0,
    "sibling-cpu": 1,
    modifications: 100,
    "budget-ms": 500,
  });
});

Deno.test("coreSyncSteps() says why there are none on one CPU", () => {
  const { steps, leftOut } = coreSyncSteps(plan, machine(1));
  assertEquals([steps.length, leftOut[0]!.what], [0, "core-sync"]);
});

Deno.test("shapesStep() takes four CPUs where there are as many", () => {
  const cpus = [1, 2, 3, 4, 8].map((count) => shapesStep(machine(count), 2).parameters["cpus"]);
  assertEquals(cpus, [[0], [0, 1], [0, 1], [0, 1, 2, 3], [0, 1, 2, 3]]);
});
