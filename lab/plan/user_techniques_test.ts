import { assert, assertEquals, assertThrows } from "@std/assert";
import { builtInPlans, changePlan, PlanError } from "./plan.ts";
import { withUserTechniques } from "./user_techniques.ts";

function techniquesOf(plan: ReturnType<typeof withUserTechniques>, experiment: string): string[] {
  const one = plan.experiments.find((entry) => entry.experiment === experiment);
  return one && "techniques" in one ? one.techniques : [];
}

Deno.test("withUserTechniques() adds a user's fences where any fence can be tried", () => {
  const plan = withUserTechniques(builtInPlans.full, ["mine", "other"]);
  for (const experiment of ["cost", "ordering", "capture"]) {
    assertEquals(techniquesOf(plan, experiment).slice(-2), ["user:mine", "user:other"]);
  }
  assert(!techniquesOf(plan, "core-sync").includes("user:mine"));
  assert(!techniquesOf(builtInPlans.full, "cost").includes("user:mine"));
});

Deno.test("withUserTechniques() takes a technique once, and none without a source", () => {
  const named = changePlan(builtInPlans.quick, { techniques: ["user:mine", "none"] });
  assertEquals(techniquesOf(withUserTechniques(named, ["mine"]), "cost"), ["user:mine", "none"]);
  const error = assertThrows(() => withUserTechniques(named, ["other"]), PlanError);
  assert(error.message.includes("--technique-source mine.c"), error.message);
});
