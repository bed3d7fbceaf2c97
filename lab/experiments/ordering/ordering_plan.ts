/** The ordering part of a plan, and the requests that it becomes. */

import * as z from "zod";
import { choosePlacement } from "../../environment/placement.ts";
import { type Arrangement, arrangementsFor } from "./arrangements.ts";
import { planSeconds, techniqueList } from "../experiment.ts";
import { shapesStep } from "./shapes_steps.ts";
import { budgetMs, type Machine, type Step, type Steps } from "../step.ts";

/** What an arrangement takes on real hardware, in seconds; for estimates only. */
const USUAL_SECONDS = 1.1;

/** The schema of the ordering part of a plan. */
export const orderingPlan = z.strictObject({
  experiment: z.literal("ordering"),
  /** Techniques in the order in which they are tested; controls and scenarios follow from them. */
  techniques: techniqueList,
  /** Turns of each technique … */
  iterations: z.int().min(1000).max(100_000_000),
  /** … and seconds after which it ends at the latest. */
  seconds: planSeconds,
});

/** The part of a plan that asks for ordering. */
export type OrderingPlan = z.infer<typeof orderingPlan>;

/** A step of the ordering experiment; shapes have no arrangement. */
export interface OrderingStep extends Step {
  readonly arrangement?: Arrangement;
}

/** The steps of the ordering experiment, or why there are none. */
export function orderingSteps(plan: OrderingPlan, machine: Machine): Steps<OrderingStep> {
  const chosen = choosePlacement(machine.topology, machine.allowed, 1, 1);
  if ("impossible" in chosen) {
    return { steps: [], leftOut: [{ what: "ordering", why: chosen.impossible }] };
  }
  const steps = arrangementsFor(plan.techniques).map((arrangement): OrderingStep => ({
    label: `ordering ${arrangement.technique}, ${arrangement.name}`,
    kind: "ordering",
    technique: arrangement.technique,
    seconds: Math.min(USUAL_SECONDS, plan.seconds),
    arrangement,
    parameters: {
      technique: arrangement.technique,
      "caller-cpu": chosen.callerCpus[0],
      "sibling-cpu": chosen.siblingCpus[0],
      iterations: Math.max(1, Math.round(plan.iterations * arrangement.share)),
      "budget-ms": budgetMs(plan.seconds),
      ...arrangement.parameters,
    },
  }));
  return { steps: [...steps, shapesStep(machine, plan.seconds)], leftOut: [] };
}
