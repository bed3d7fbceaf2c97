/** Turns the ordering part of a plan into requests. */

import { choosePlacement } from "../../environment/placement.ts";
import { arrangementsFor } from "./arrangements.ts";
import type { OrderingPlan } from "../../plan/plan.ts";
import { shapesStep } from "./shapes_steps.ts";
import type { LeftOut, Machine, Step } from "../../plan/steps.ts";

/** What an arrangement takes on real hardware, in seconds; for estimates only. */
const USUAL_SECONDS = 1.1;

/** The steps of the ordering experiment, or why there are none. */
export function orderingSteps(
  plan: OrderingPlan,
  machine: Machine,
): { steps: Step[]; leftOut: LeftOut[] } {
  const chosen = choosePlacement(machine.topology, machine.allowed, 1, 1);
  if ("impossible" in chosen) {
    return { steps: [], leftOut: [{ what: "ordering", why: chosen.impossible }] };
  }
  const steps = arrangementsFor(plan.techniques).map((arrangement): Step => ({
    label: `ordering ${arrangement.technique}, ${arrangement.name}`,
    experiment: "ordering",
    kind: "ordering",
    technique: arrangement.technique,
    seconds: Math.min(USUAL_SECONDS, plan.seconds),
    arrangement,
    parameters: {
      technique: arrangement.technique,
      "caller-cpu": chosen.callerCpus[0],
      "sibling-cpu": chosen.siblingCpus[0],
      iterations: Math.max(1, Math.round(plan.iterations * arrangement.share)),
      "budget-ms": Math.max(1, Math.round(plan.seconds * 1000)),
      ...arrangement.parameters,
    },
  }));
  return { steps: [...steps, shapesStep(machine, plan.seconds)], leftOut: [] };
}
