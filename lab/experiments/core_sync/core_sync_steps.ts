/** The core-sync part of a plan, and the requests that it becomes. */

import * as z from "zod";

import { choosePlacement } from "../../environment/placement.ts";
import { planSeconds, techniqueList } from "../experiment.ts";
import { budgetMs, type Machine, type Step, type Steps } from "../step.ts";

/** The schema of the core-sync part of a plan. */
export const coreSyncPlan = z.strictObject({
  experiment: z.literal("core-sync"),
  /** Techniques by which another CPU is to notice replaced code; `none` is tried in any case. */
  techniques: techniqueList,
  /** Times that the code is replaced with each technique … */
  modifications: z.int().min(1).max(1_000_000_000),
  /** … and seconds after which it ends at the latest. */
  seconds: planSeconds,
});

/** The part of a plan that asks for core-sync. */
export type CoreSyncPlan = z.infer<typeof coreSyncPlan>;

/** What a trial takes besides replacing code, in seconds; for estimates only. */
const TRIAL_OVERHEAD = 0.1;

/**
 * The steps of the core-sync experiment, or why there are none.
 *
 * Two controls come first: code replaced after its publication, which must be seen stale, and the
 * right order without any technique.
 */
export function coreSyncSteps(plan: CoreSyncPlan, machine: Machine): Steps {
  const chosen = choosePlacement(machine.topology, machine.allowed, 1, 1);
  if ("impossible" in chosen) {
    return { steps: [], leftOut: [{ what: "core-sync", why: chosen.impossible }] };
  }
  const trials: [string, string][] = [["none", "publish-first"], ["none", "code-first"]];
  for (const technique of plan.techniques) {
    if (technique !== "none") trials.push([technique, "code-first"]);
  }
  const steps = trials.map(([technique, order]): Step => ({
    label: `core-sync ${technique}${order === "code-first" ? "" : `, ${order}`}`,
    kind: "core-sync",
    technique,
    seconds: plan.seconds + TRIAL_OVERHEAD,
    parameters: {
      technique,
      order,
      "caller-cpu": chosen.callerCpus[0],
      "sibling-cpu": chosen.siblingCpus[0],
      modifications: plan.modifications,
      "budget-ms": budgetMs(plan.seconds),
    },
  }));
  return { steps, leftOut: [] };
}
