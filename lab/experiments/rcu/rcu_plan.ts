/** The rcu part of a plan, what the command line changes in it, and the requests it becomes. */

import * as z from "zod";
import { choosePlacement } from "../../environment/placement.ts";
import { type PlanChanges, planSeconds } from "../experiment.ts";
import { budgetMs, type Machine, type Step, type Steps } from "../step.ts";

import { flavourIds, flavourOf } from "./flavours.ts";

/** The schema of the rcu part of a plan. */
export const rcuPlan = z.strictObject({
  experiment: z.literal("rcu"),
  /** Flavours in the order in which they are run. */
  flavours: z.array(z.enum(flavourIds)).min(1),
  readers: z.int().min(1).max(1024),
  writers: z.int().min(1).max(1024),
  /** Time of each flavour; the control of a torture takes as long again. */
  seconds: planSeconds,
  /** Look for objects that were freed too early, instead of counting operations. */
  torture: z.boolean(),
});

/** The part of a plan that asks for rcu. */
export type RcuPlan = z.infer<typeof rcuPlan>;

/** The threads of the commit's test, and all flavours; then the same for soundness. */
export const fullRcu: readonly RcuPlan[] = [
  {
    experiment: "rcu",
    flavours: [...flavourIds],
    readers: 6,
    writers: 2,
    seconds: 2,
    torture: false,
  },
  {
    experiment: "rcu",
    flavours: [...flavourIds],
    readers: 1,
    writers: 1,
    seconds: 2,
    torture: true,
  },
];

/**
 * A plan's rcu part with the command line's changes; `null` if another part is meant.
 *
 * Where the command line says whether to torture, those parts are meant that do, or do not, anyway;
 * if a plan has none of them, its first part, which then is changed.
 */
export function changeRcu(
  one: RcuPlan,
  changes: PlanChanges,
  parts: readonly RcuPlan[],
): RcuPlan | null {
  const { torture } = changes;
  const meant = parts.filter((part) => torture === undefined || part.torture === torture);
  if (!(meant.length > 0 ? meant : parts.slice(0, 1)).includes(one)) return null;
  return {
    ...one,
    readers: changes.readers ?? one.readers,
    writers: changes.writers ?? one.writers,
    seconds: changes.seconds ?? one.seconds,
    torture: torture ?? one.torture,
  };
}

/** Rests of real-time threads, as a multiple of the time that they run; for estimates only. */
const RESTS = 1.1;
/** A torture's control takes as long again, and calibrating an eighth of both. */
const TORTURE = 2 * 9 / 8;
/** Starting and ending, in seconds; for estimates only. */
const STEP_OVERHEAD = 0.1;

/**
 * The steps of the rcu experiment: one for each flavour.
 *
 * Each thread has a CPU of its own where there are enough; otherwise readers and writers share all
 * of them, as they would in a program.
 */
export function rcuSteps(plan: RcuPlan, machine: Machine): Steps {
  const chosen = choosePlacement(machine.topology, machine.allowed, plan.writers, plan.readers);
  const shared = "impossible" in chosen;
  const threads = `readers ${plan.readers}, writers ${plan.writers}`;
  const steps = plan.flavours.map((flavour): Step => ({
    label: `rcu ${flavour}, ${plan.torture ? "torture, " : ""}${threads}`,
    kind: "rcu",
    technique: flavourOf(flavour).technique,
    seconds: plan.seconds * (plan.torture ? TORTURE : 1) * RESTS + STEP_OVERHEAD,
    parameters: {
      flavour,
      readers: plan.readers,
      writers: plan.writers,
      "reader-cpus": shared ? machine.allowed : chosen.siblingCpus,
      "writer-cpus": shared ? machine.allowed : chosen.callerCpus,
      "budget-ms": budgetMs(plan.seconds),
      mode: plan.torture ? "torture" : "bench",
    },
  }));
  return { steps, leftOut: [] };
}
