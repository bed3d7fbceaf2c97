import { assertEquals } from "@std/assert";
import { builtInPlans, changePlan, type PlanChanges } from "../../plan/plan.ts";

/** What a command line makes of the rcu parts of the quick plan, which has none of its own. */
function asked(changes: PlanChanges): unknown[][] {
  const plan = changePlan(builtInPlans.quick, { experiments: ["rcu"], ...changes });
  return plan.experiments.map((one) =>
    one.experiment === "rcu" ? [one.torture, one.readers, one.writers, one.seconds] : []
  );
}

Deno.test("changePlan() measures or tortures where the command line says which", () => {
  assertEquals(asked({ torture: false, readers: 3 }), [[false, 3, 2, 2]]);
  assertEquals(asked({ torture: true, seconds: 60, writers: 4 }), [[true, 1, 4, 60]]);
  assertEquals(asked({}).map(([torture]) => torture), [false, true]);
});

Deno.test("changePlan() changes a plan's only rcu part to what was meant", () => {
  const [bench] = builtInPlans.full.experiments.filter((one) => one.experiment === "rcu");
  const mine = { name: "mine", experiments: [bench!] };
  const changed = changePlan(mine, { experiments: ["rcu"], torture: true });
  assertEquals(changed.experiments, [{ ...bench!, torture: true }]);
});
