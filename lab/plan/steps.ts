/** Turns a plan into the single requests that carry it out on a given machine. */

import type { RequestParameters } from "../../ffi/session.ts";
import { choosePlacement } from "../environment/placement.ts";
import { type Placement, PLACEMENTS, type Topology } from "../environment/topology.ts";
import type { Arrangement } from "../experiments/ordering/arrangements.ts";
import { findTechnique } from "../format/techniques.ts";
import { coreSyncSteps } from "../experiments/core_sync/core_sync_steps.ts";
import { disturbanceSteps } from "../experiments/disturbance/disturbance_plan.ts";
import { orderingSteps } from "../experiments/ordering/ordering_steps.ts";
import type { CapturePlan, CostPlan, Plan } from "./plan.ts";
import { rcuSteps } from "../experiments/rcu/rcu_steps.ts";

/** One request, with what progress needs to know about it. */
export interface Step {
  /** What is being done, for progress: "cost mprotect, 1 sibling". */
  readonly label: string;
  readonly experiment:
    | "conformance"
    | "cost"
    | "ordering"
    | "core-sync"
    | "rcu"
    | "disturbance"
    | "capture";
  /** Request kind of the core. */
  readonly kind:
    | "conformance"
    | "cost"
    | "registration"
    | "ordering"
    | "shapes"
    | "core-sync"
    | "rcu"
    | "disturbance"
    | "capture";
  readonly parameters: RequestParameters;
  /** Technique of cost, registration, ordering and core-sync steps. */
  readonly technique: string | null;
  /** What an ordering step arranges. */
  readonly arrangement?: Arrangement;
  /** Estimated duration in seconds; progress weighs steps by it. */
  readonly seconds: number;
}

/** A part of a plan that this machine has no CPUs for. */
export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

/** What a machine can do of a plan, and what not. */
export interface Steps {
  readonly steps: readonly Step[];
  readonly leftOut: readonly LeftOut[];
}

/** CPUs that a plan may use. */
export interface Machine {
  readonly topology: Topology;
  readonly allowed: readonly number[];
  /** Virtual CPUs share CPUs of the machine below: a sibling may look still for a time slice. */
  readonly shared?: boolean;
}

/** Starting a worker, setting threads up and warming up, in seconds; for estimates only. */
const STEP_OVERHEAD = 0.05;
const CONFORMANCE_SECONDS = 0.7;
const REGISTRATION_SECONDS = 0.4;
/** Setting a phase up and tracing off and on, as a multiple of its time; for estimates only. */
const CAPTURE_EFFORT = 2.5;

/** How long a step may say nothing, in seconds, estimated: a capture reports after each technique. */
export function quietSeconds({ kind, parameters, seconds }: Step): number {
  return kind === "capture" ? Number(parameters["budget-ms"]) / 1000 * CAPTURE_EFFORT : seconds;
}

/** The steps of a plan on a machine, in the order in which they are run. */
export function stepsOf(plan: Plan, machine: Machine): Steps {
  const steps: Step[] = [];
  const leftOut: LeftOut[] = [];
  for (const one of plan.experiments) {
    if (one.experiment === "conformance") {
      steps.push({
        label: "conformance",
        experiment: "conformance",
        kind: "conformance",
        parameters: {},
        technique: null,
        seconds: CONFORMANCE_SECONDS,
      });
      continue;
    }
    if (one.experiment === "capture") {
      addCapture(one, machine, steps, leftOut);
      continue;
    }
    if (one.experiment === "ordering") {
      const ordering = orderingSteps(one, machine);
      steps.push(...ordering.steps);
      leftOut.push(...ordering.leftOut);
      continue;
    }
    if (one.experiment === "rcu") {
      steps.push(...rcuSteps(one, machine));
      continue;
    }
    if (one.experiment === "disturbance") {
      const disturbance = disturbanceSteps(one, machine);
      steps.push(...disturbance.steps);
      leftOut.push(...disturbance.leftOut);
      continue;
    }
    if (one.experiment === "core-sync") {
      const coreSync = coreSyncSteps(one, machine);
      steps.push(...coreSync.steps);
      leftOut.push(...coreSync.leftOut);
      continue;
    }
    for (const crew of crewsOf(one, machine.allowed.length)) {
      addCrew(one, crew, machine, steps, leftOut);
    }
    if (one.registration) steps.push(...registrationSteps(one));
  }
  return { steps, leftOut };
}

interface Crew {
  readonly callers: number;
  readonly siblings: number;
  readonly placement: Placement | "best";
  /** Asked for by name, so that leaving it out has to be said. */
  readonly explicit: boolean;
}

/**
 * Which crews a cost plan asks for.
 *
 * The number of siblings varies with one caller, the number of callers without
 * siblings: callers are siblings of each other already.
 */
function crewsOf(plan: CostPlan, cpus: number): Crew[] {
  const siblings = plan.siblings === "all" ? upTo(cpus - 1) : plan.siblings;
  const callers = plan.callers === "all" ? powersUpTo(cpus) : plan.callers;
  const placements = plan.placements === "best"
    ? ["best" as const]
    : plan.placements === "all"
    ? PLACEMENTS
    : plan.placements;
  const crews: Crew[] = [];
  for (const count of siblings) {
    for (const placement of count === 0 ? ["best" as const] : placements) {
      const explicit = plan.placements !== "all" && plan.siblings !== "all";
      crews.push({ callers: 1, siblings: count, placement, explicit });
    }
  }
  for (const count of callers.filter((count) => count > 1)) {
    crews.push({
      callers: count,
      siblings: 0,
      placement: "best",
      explicit: plan.callers !== "all",
    });
  }
  return crews;
}

/** 0, 1, 2 … n; beyond 16 only powers of two and n, since neighbours hardly differ there. */
function upTo(n: number): number[] {
  const all = Array.from({ length: Math.max(n, 0) + 1 }, (_, count) => count);
  return n <= 16
    ? all
    : all.filter((count) => count <= 8 || Number.isInteger(Math.log2(count)) || count === n);
}

/** 1, 2, 4 … n. */
function powersUpTo(n: number): number[] {
  const powers: number[] = [];
  for (let count = 1; count < n; count *= 2) powers.push(count);
  return [...powers, n];
}

function addCrew(
  plan: CostPlan,
  crew: Crew,
  machine: Machine,
  steps: Step[],
  leftOut: LeftOut[],
): void {
  const chosen = choosePlacement(
    machine.topology,
    machine.allowed,
    crew.callers,
    crew.siblings,
    crew.placement === "best" ? undefined : crew.placement,
  );
  const what = describe(crew);
  if ("impossible" in chosen) {
    if (crew.explicit) leftOut.push({ what, why: chosen.impossible });
    return;
  }
  for (const technique of plan.techniques) {
    steps.push({
      label: `cost ${technique}, ${what}`,
      experiment: "cost",
      kind: "cost",
      technique,
      seconds: plan.seconds + STEP_OVERHEAD,
      parameters: {
        technique,
        "caller-cpus": chosen.callerCpus,
        "sibling-cpus": chosen.siblingCpus,
        placement: chosen.placement,
        samples: plan.samples,
        "budget-ms": Math.max(1, Math.round(plan.seconds * 1000)),
      },
    });
  }
}

function describe({ callers, siblings, placement }: Crew): string {
  const where = placement === "best" ? "" : ` (${placement})`;
  const who = siblings === 1 ? "1 sibling" : `${siblings} siblings`;
  return callers === 1 ? `${who}${where}` : `${callers} callers`;
}

function addCapture(plan: CapturePlan, machine: Machine, steps: Step[], leftOut: LeftOut[]): void {
  const chosen = choosePlacement(machine.topology, machine.allowed, 1, plan.siblings);
  if ("impossible" in chosen) {
    leftOut.push({ what: "capture", why: chosen.impossible });
    return;
  }
  steps.push({
    label: `capture of ${plan.techniques.length} techniques`,
    experiment: "capture",
    kind: "capture",
    technique: null,
    seconds: plan.techniques.length * plan.seconds * CAPTURE_EFFORT,
    parameters: {
      // Identifiers hold no comma
      techniques: plan.techniques.join(","),
      "caller-cpu": chosen.callerCpus[0],
      "sibling-cpus": chosen.siblingCpus,
      ops: plan.ops,
      "budget-ms": Math.max(1, Math.round(plan.seconds * 1000)),
      // A time slice of Linux's scheduler is some ms; four guests' CPUs may share one
      ...(machine.shared ? { "proof-us": 40_000 } : {}),
      "buffer-kb": plan.bufferKb,
      "stop-above-ns": plan.stopAboveNs,
    },
  });
}

function registrationSteps(plan: CostPlan): Step[] {
  return plan.techniques.filter((id) => findTechnique(id)?.registers).map((technique) => ({
    label: `registration ${technique}`,
    experiment: "cost",
    kind: "registration",
    technique,
    seconds: REGISTRATION_SECONDS,
    parameters: { technique },
  }));
}
