/** Turns the core-sync part of a plan into requests. */

import { choosePlacement } from "../../environment/placement.ts";
import type { CoreSyncPlan } from "../../plan/plan.ts";
import type { LeftOut, Machine, Step } from "../../plan/steps.ts";

/** What a trial takes besides replacing code, in seconds; for estimates only. */
const TRIAL_OVERHEAD = 0.1;

/**
 * The steps of the core-sync experiment, or why there are none.
 *
 * Two controls come first: code replaced after its publication, which must be seen stale, and the
 * right order without any technique.
 */
export function coreSyncSteps(
  plan: CoreSyncPlan,
  machine: Machine,
): { steps: Step[]; leftOut: LeftOut[] } {
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
    experiment: "core-sync",
    kind: "core-sync",
    technique,
    seconds: plan.seconds + TRIAL_OVERHEAD,
    parameters: {
      technique,
      order,
      "caller-cpu": chosen.callerCpus[0],
      "sibling-cpu": chosen.siblingCpus[0],
      modifications: plan.modifications,
      "budget-ms": Math.max(1, Math.round(plan.seconds * 1000)),
    },
  }));
  return { steps, leftOut: [] };
}
