import { assertEquals, assertThrows } from "@std/assert";

import { builtInPlans, changePlan, parsePlan, PlanError } from "./plan.ts";

const cost = {
  experiment: "cost",
  techniques: ["mprotect"],
  siblings: [0, 1],
  placements: "best",
  callers: [1],
  samples: 10,
  seconds: 0.1,
  registration: false,
};

function planText(...experiments: unknown[]): string {
  return JSON.stringify({ name: "mine", experiments });
}

Deno.test("parsePlan() reads what it is given, built-in plans included", () => {
  const plan = parsePlan(planText({ experiment: "conformance" }, cost), "p.json");
  assertEquals(plan.experiments.map((one) => one.experiment), ["conformance", "cost"]);
  for (const builtIn of Object.values(builtInPlans)) {
    assertEquals(parsePlan(JSON.stringify(builtIn), "built-in"), builtIn);
  }
});

const faults: [string, string][] = [
  ["{", "not JSON"],
  [planText(), "at experiments"],
  [planText({ experiment: "smoke" }), "at experiments.0.experiment"],
  [planText({ ...cost, techniques: ["nope"] }), "at experiments.0.techniques.0: is no technique"],
  [planText({ ...cost, siblings: [-1] }), "at experiments.0.siblings"],
  [planText({ ...cost, placements: ["far"] }), "at experiments.0.placements"],
  [planText({ ...cost, samples: 0 }), "at experiments.0.samples"],
  [planText({ ...cost, seconds: 1e9 }), "at experiments.0.seconds"],
  [planText({ ...cost, surprise: 1 }), "surprise"],
];

for (const [text, message] of faults) {
  Deno.test(`parsePlan() refuses ${text.slice(0, 90)}`, () => {
    assertThrows(() => parsePlan(text, "p.json"), PlanError, message);
    assertThrows(() => parsePlan(text, "p.json"), PlanError, "'p.json'");
  });
}

Deno.test("changePlan() restricts experiments and techniques and leaves the plan as it was", () => {
  const before = structuredClone(builtInPlans.quick);
  const plan = changePlan(builtInPlans.quick, { experiments: ["cost"], techniques: ["munmap"] });
  assertEquals(plan.experiments.map((one) => one.experiment), ["cost"]);
  const [one] = plan.experiments;
  assertEquals(one?.experiment === "cost" && one.techniques, ["munmap"]);
  assertEquals(builtInPlans.quick, before);
});

Deno.test("changePlan() with more seconds takes more samples, too", () => {
  const [, one] = changePlan(builtInPlans.quick, { seconds: 3 }).experiments;
  assertEquals(one?.experiment === "cost" && [one.seconds, one.samples], [3, 1_000_000]);
  const [, same] = changePlan(builtInPlans.quick, {}).experiments;
  assertEquals(same, builtInPlans.quick.experiments[1]);
});

Deno.test("changePlan() takes an experiment that the plan lacks from the full plan", () => {
  const small = parsePlan(planText({ experiment: "conformance" }), "p.json");
  const [one] = changePlan(small, { experiments: ["cost"] }).experiments;
  assertEquals(one, builtInPlans.full.experiments[1]);
});
