/** The request for litmus shapes: what a host shows of reordering at all. */

import { choosePlacement } from "../../environment/placement.ts";
import { budgetMs, type Machine, type Step } from "../step.ts";

/** Iterations of each shape without and with fences; litmus7's default run is as long. */
const ITERATIONS = 1_000_000;

/** CPUs for as many threads as there can be, of the four that the largest shape has. */
function cpusFor({ topology, allowed }: Machine): number[] {
  for (const siblings of [3, 1]) {
    const chosen = choosePlacement(topology, allowed, 1, siblings);
    if (!("impossible" in chosen)) return [...chosen.callerCpus, ...chosen.siblingCpus];
  }
  return allowed.slice(0, 1);
}

/**
 * The step that runs all shapes, each without and with fences.
 *
 * @param seconds For all of them together.
 */
export function shapesStep(machine: Machine, seconds: number): Step {
  return {
    label: "shapes",
    kind: "shapes",
    technique: null,
    seconds,
    parameters: {
      cpus: cpusFor(machine),
      iterations: ITERATIONS,
      "budget-ms": budgetMs(seconds),
    },
  };
}
