/** The ordering part of a plan, and the requests that it becomes. */

import * as z from "zod";
import { choosePlacement, type ChosenPlacement } from "../../environment/placement.ts";
import { type Arrangement, arrangementsFor, crewArrangement, reachesAll } from "./arrangements.ts";
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

/** Share of failing calls, in millionths, that is to be excluded where documentation promises order. */
const EXCLUDE_PPM = 10_000;

/** The steps of the ordering experiment, or why there are none. */
export function orderingSteps(plan: OrderingPlan, machine: Machine): Steps<OrderingStep> {
  const chosen = choosePlacement(machine.topology, machine.allowed, 1, 1);
  if ("impossible" in chosen) {
    return { steps: [], leftOut: [{ what: "ordering", why: chosen.impossible }] };
  }
  const alone = arrangementsFor(plan.techniques, machine.arch)
    .map((arrangement) => stepOf(plan, arrangement, chosen));
  const crews = crewsOf(machine).map((siblings) => ({
    siblings,
    placed: choosePlacement(machine.topology, machine.allowed, 1, siblings),
  }));
  const steps = crews.flatMap(({ siblings, placed }) =>
    "impossible" in placed
      ? []
      : plan.techniques.filter(reachesAll).map((technique) =>
        stepOf(plan, crewArrangement(technique, siblings), placed)
      )
  );
  const leftOut = crews.flatMap(({ siblings, placed }) =>
    "impossible" in placed
      ? [{ what: `ordering with ${siblings} siblings`, why: placed.impossible }]
      : []
  );
  return { steps: [...alone, ...steps, shapesStep(machine, plan.seconds)], leftOut };
}

/**
 * Siblings besides one: three, since from four CPUs on AMD's processors flush by broadcast
 * (INVLPGB, arch/x86/mm/tlb.c), and as many as there are CPUs, since arm64 flushes by the width of
 * the mask. Threads that share CPUs would be no substitute.
 */
function crewsOf({ topology, allowed }: Machine): number[] {
  const cpus = topology.filter(({ cpu }) => allowed.includes(cpu)).length;
  return cpus > 4 ? [3, cpus - 1] : [3];
}

function stepOf(
  { iterations, seconds }: OrderingPlan,
  arrangement: Arrangement,
  { callerCpus, siblingCpus }: ChosenPlacement,
): OrderingStep {
  const { technique, name, expected, role, share } = arrangement;
  return {
    label: `ordering ${technique}, ${name}`,
    kind: "ordering",
    technique,
    seconds: Math.min(USUAL_SECONDS, seconds),
    arrangement,
    parameters: {
      technique,
      "caller-cpu": callerCpus[0],
      "sibling-cpus": siblingCpus,
      iterations: Math.max(1, Math.round(iterations * share)),
      "budget-ms": budgetMs(seconds),
      "exclude-ppm": role === "technique" && expected === "ordered" ? EXCLUDE_PPM : 0,
      ...arrangement.parameters,
    },
  };
}
