/** The capture part of a plan, and the request that it becomes. */

import * as z from "zod";
import { choosePlacement } from "../../environment/placement.ts";
import { techniques } from "../../format/techniques.ts";
import { planSeconds, techniqueList } from "../experiment.ts";
import { budgetMs, type Machine, type Step, type Steps } from "../step.ts";

/** The schema of the capture part of a plan. */
export const capturePlan = z.strictObject({
  experiment: z.literal("capture"),
  /** Techniques in the order in which they are recorded. */
  techniques: techniqueList.max(64),
  /** Running siblings. */
  siblings: z.int().min(1).max(1023),
  /** Operations of each technique … */
  ops: z.int().min(1).max(10_000_000),
  /** … and seconds after which it ends at the latest. */
  seconds: planSeconds,
  /** Trace buffer of each CPU, KiB. */
  bufferKb: z.int().min(64).max(4 << 20),
  /** Stop and keep the trace at the first operation that takes longer, ns; 0 never stops. */
  stopAboveNs: z.int().min(0),
});

/** The part of a plan that asks for a capture. */
export type CapturePlan = z.infer<typeof capturePlan>;

/** What plan `full` asks for. */
export const fullCapture: CapturePlan = {
  experiment: "capture",
  techniques: techniques.map(({ id }) => id),
  siblings: 1,
  ops: 1000,
  seconds: 0.3,
  bufferKb: 16 * 1024,
  stopAboveNs: 0,
};

/** Setting a phase up and tracing off and on, as a multiple of its time; for estimates only. */
const EFFORT = 2.5;

/** The step of the capture experiment, or why there is none. */
export function captureSteps(plan: CapturePlan, machine: Machine): Steps {
  const chosen = choosePlacement(machine.topology, machine.allowed, 1, plan.siblings);
  if ("impossible" in chosen) {
    return { steps: [], leftOut: [{ what: "capture", why: chosen.impossible }] };
  }
  const step: Step = {
    label: `capture of ${plan.techniques.length} techniques`,
    kind: "capture",
    technique: null,
    seconds: plan.techniques.length * plan.seconds * EFFORT,
    quietSeconds: plan.seconds * EFFORT,
    parameters: {
      // Identifiers hold no comma
      techniques: plan.techniques.join(","),
      "caller-cpu": chosen.callerCpus[0],
      "sibling-cpus": chosen.siblingCpus,
      ops: plan.ops,
      "budget-ms": budgetMs(plan.seconds),
      // A time slice of Linux's scheduler is some ms; four guests' CPUs may share one
      ...(machine.shared ? { "proof-us": 40_000 } : {}),
      "buffer-kb": plan.bufferKb,
      "stop-above-ns": plan.stopAboveNs,
    },
  };
  return { steps: [step], leftOut: [] };
}
