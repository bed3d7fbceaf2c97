/** The rseq part of a plan, and the requests that it becomes. */

import * as z from "zod";

import { choosePlacement } from "../../environment/placement.ts";
import { findTechnique } from "../../format/techniques.ts";
import { formatCount } from "../../text/units.ts";
import { planSeconds, techniqueList } from "../experiment.ts";
import { budgetMs, type LeftOut, type Machine, type Step, type Steps } from "../step.ts";
import type { RseqResult } from "./rseq_schema.ts";

/** The schema of the rseq part of a plan. */
export const rseqPlan = z.strictObject({
  experiment: z.literal("rseq"),
  /** Techniques that are to restart sections of siblings, and controls. */
  techniques: techniqueList,
  /** Calls of each technique … */
  calls: z.int().min(1).max(1_000_000_000),
  /** … and seconds after which it ends at the latest. */
  seconds: planSeconds,
});

/** The part of a plan that asks for rseq. */
export type RseqPlan = z.infer<typeof rseqPlan>;

/** A request of the rseq experiment, with where its calls aim. */
export interface RseqStep extends Step {
  readonly aim: RseqResult["aim"];
}

/** What a trial takes besides its turns, in seconds; for estimates only. */
const TRIAL_OVERHEAD = 0.1;

/** More siblings are no other case, and each has to be seen before each call. */
const MOST_SIBLINGS = 64;

/**
 * The steps of the rseq experiment, or why there are none.
 *
 * Beside one sibling, then beside as many as there are CPUs. A call for one CPU names that of the
 * first sibling, so that all others are bystanders; where there is no CPU for a second sibling, it
 * names the caller's own besides.
 */
export function rseqSteps(plan: RseqPlan, machine: Machine): Steps<RseqStep> {
  const most = Math.min(machine.allowed.length - 1, MOST_SIBLINGS);
  const steps: RseqStep[] = [];
  const leftOut: LeftOut[] = [];
  for (const siblings of [1, Math.max(2, most)]) {
    const chosen = choosePlacement(machine.topology, machine.allowed, 1, siblings);
    if ("impossible" in chosen) {
      const what = siblings === 1 ? "rseq" : "rseq beside several siblings";
      leftOut.push({ what, why: chosen.impossible });
      break;
    }
    const caller = chosen.callerCpus[0]!;
    for (const technique of plan.techniques) {
      for (const aim of aimsOf(technique, siblings, most)) {
        steps.push({
          label: `rseq ${technique}, ${formatCount(siblings, "sibling")}` +
            (aim === "caller" ? ", aimed at the caller" : ""),
          kind: "rseq",
          technique,
          aim,
          seconds: plan.seconds + TRIAL_OVERHEAD,
          parameters: {
            technique,
            "caller-cpu": caller,
            "sibling-cpus": chosen.siblingCpus,
            aim: aim === "caller" ? caller : chosen.siblingCpus[0]!,
            calls: plan.calls,
            "budget-ms": budgetMs(plan.seconds),
          },
        });
      }
    }
  }
  return { steps, leftOut };
}

/** Where calls are to aim beside so many siblings, of as many as are possible. */
function aimsOf(technique: string, siblings: number, most: number): readonly RseqResult["aim"][] {
  if (findTechnique(technique)?.oneCpu !== true) return ["all"];
  if (siblings < most) return [];
  return siblings > 1 ? ["sibling"] : ["sibling", "caller"];
}
