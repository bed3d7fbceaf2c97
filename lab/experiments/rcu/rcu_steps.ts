/** Turns the rcu part of a plan into requests. */

import { choosePlacement } from "../../environment/placement.ts";
import { flavourOf } from "./flavours.ts";
import type { RcuPlan } from "./rcu_plan.ts";
import type { Machine, Step } from "../../plan/steps.ts";

/** Rests of real-time threads, as a multiple of the time that they run; for estimates only. */
const RESTS = 1.1;
/** Starting and ending, in seconds; for estimates only. */
const STEP_OVERHEAD = 0.1;

/**
 * The steps of the rcu experiment: one for each flavour.
 *
 * Each thread has a CPU of its own where there are enough; otherwise readers and writers share all
 * of them, as they would in a program.
 */
export function rcuSteps(plan: RcuPlan, machine: Machine): Step[] {
  const chosen = choosePlacement(machine.topology, machine.allowed, plan.writers, plan.readers);
  const shared = "impossible" in chosen;
  const threads = `readers ${plan.readers}, writers ${plan.writers}`;
  return plan.flavours.map((flavour): Step => ({
    label: `rcu ${flavour}, ${plan.torture ? "torture, " : ""}${threads}`,
    experiment: "rcu",
    kind: "rcu",
    technique: flavourOf(flavour).technique,
    seconds: plan.seconds * RESTS + STEP_OVERHEAD,
    parameters: {
      flavour,
      readers: plan.readers,
      writers: plan.writers,
      "reader-cpus": shared ? machine.allowed : chosen.siblingCpus,
      "writer-cpus": shared ? machine.allowed : chosen.callerCpus,
      "budget-ms": Math.max(1, Math.round(plan.seconds * 1000)),
      mode: plan.torture ? "torture" : "bench",
    },
  }));
}
