import { assert, assertEquals } from "@std/assert";

import type { Topology } from "../environment/topology.ts";
import type { CostPlan } from "../experiments/cost/cost_plan.ts";
import type { Plan } from "./plan.ts";
import { stepsOf } from "./steps.ts";

/** Two sockets of four cores with two threads each: CPU c and c + 8 share a core. */
const server: Topology = Array.from({ length: 16 }, (_, cpu) => {
  const core = cpu % 8;
  const node = core < 4 ? 0 : 1;
  return {
    cpu,
    core: `${core},${core + 8}`,
    cache: `cache${node}`,
    node: `node${node}`,
    package: `package${node}`,
  };
});

const allowed = server.map(({ cpu }) => cpu);

function costPlan(changes: Partial<CostPlan>): Plan {
  return {
    name: "test",
    experiments: [{
      experiment: "cost",
      techniques: ["mprotect"],
      siblings: [1],
      placements: "best",
      callers: [1],
      samples: 10,
      seconds: 0.25,
      registration: false,
      ...changes,
    }],
  };
}

function parameters(plan: Plan, cpus = allowed): Record<string, unknown>[] {
  const topology = server.filter(({ cpu }) => cpus.includes(cpu));
  return stepsOf(plan, { arch: "x86_64", topology, allowed: cpus }).steps.map((step) => ({
    ...step.parameters,
  }));
}

Deno.test("stepsOf() names CPUs, samples and time of each measurement", () => {
  assertEquals(parameters(costPlan({})), [{
    technique: "mprotect",
    "caller-cpus": [0],
    "sibling-cpus": [1],
    placement: "same-cache",
    samples: 10,
    "budget-ms": 250,
  }]);
});

Deno.test("stepsOf() tries every placement that the machine has, and only those", () => {
  const placements = parameters(costPlan({ placements: "all" })).map((one) => one["placement"]);
  assertEquals(placements, ["smt", "same-cache", "other-node"]);
});

Deno.test("stepsOf() varies siblings with one caller, and callers without siblings", () => {
  const plan = costPlan({ siblings: "all", callers: "all" });
  const crews = parameters(plan).map((one) => [
    (one["caller-cpus"] as number[]).length,
    (one["sibling-cpus"] as number[]).length,
  ]);
  const siblings = Array.from({ length: 16 }, (_, count) => [1, count]);
  assertEquals(crews, [...siblings, [2, 0], [4, 0], [8, 0], [16, 0]]);
});

Deno.test("stepsOf() says what a machine has no CPUs for, when it was asked for by name", () => {
  const one = { arch: "x86_64", topology: server.slice(0, 1), allowed: [0] };
  const asked = stepsOf(costPlan({ siblings: [0, 1] }), one);
  assertEquals(asked.steps.length, 1);
  assertEquals(asked.leftOut.map(({ what }) => what), ["1 sibling"]);
  assert(asked.leftOut[0]!.why.length > 10);
  assertEquals(stepsOf(costPlan({ siblings: "all", placements: "all" }), one).leftOut, []);
});

Deno.test("stepsOf() measures registration once per technique that registers", () => {
  const plan = costPlan({
    techniques: ["mprotect", "membarrier-rseq", "membarrier-global"],
    registration: true,
  });
  const kinds = stepsOf(plan, { arch: "x86_64", topology: server, allowed }).steps
    .filter(({ kind }) => kind === "registration").map(({ technique }) => technique);
  assertEquals(kinds, ["membarrier-rseq"]);
});
