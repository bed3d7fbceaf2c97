/** Turns a plan into the single requests that carry it out on a given machine. */

import { type ExperimentName, experimentOf } from "../experiments/experiments.ts";
import type { LeftOut, Machine, Step } from "../experiments/step.ts";
import type { Plan } from "./plan.ts";

/** A step, with the experiment that it belongs to. */
export interface PlannedStep extends Step {
  readonly experiment: ExperimentName;
}

/** What a machine can do of a plan, and what not. */
export interface PlannedSteps {
  readonly steps: readonly PlannedStep[];
  readonly leftOut: readonly LeftOut[];
}

/** The steps of a plan on a machine, in the order in which they are run. */
export function stepsOf(plan: Plan, machine: Machine): PlannedSteps {
  const parts = plan.experiments.map((part) => {
    const { steps, leftOut } = experimentOf(part).steps(part, machine);
    const { experiment } = part;
    return { steps: steps.map((step): PlannedStep => ({ ...step, experiment })), leftOut };
  });
  return {
    steps: parts.flatMap(({ steps }) => steps),
    leftOut: parts.flatMap(({ leftOut }) => leftOut),
  };
}
