/** The cost part of a plan, and the requests that it becomes. */

import * as z from "zod";
import { choosePlacement } from "../../environment/placement.ts";
import { type Placement, PLACEMENTS } from "../../environment/topology.ts";
import { findTechnique, techniques } from "../../format/techniques.ts";
import { planSeconds, techniqueList } from "../experiment.ts";
import { budgetMs, type Machine, type Step, type Steps } from "../step.ts";

/** The schema of the cost part of a plan. */
export const costPlan = z.strictObject({
  experiment: z.literal("cost"),
  /** Techniques in the order in which they are measured. */
  techniques: techniqueList,
  /** Numbers of running siblings; "all" is every number up to CPUs - 1. */
  siblings: z.union([z.array(z.int().min(0).max(1023)).min(1), z.literal("all")]),
  /** Where siblings sit relative to the caller; "best" is the nearest that is no SMT sibling. */
  placements: z.union([z.array(z.enum(PLACEMENTS)).min(1), z.enum(["best", "all"])]),
  /** Numbers of threads that call at the same time; "all" is 1, 2, 4 … up to the CPUs. */
  callers: z.union([z.array(z.int().min(1).max(1024)).min(1), z.literal("all")]),
  /** Kept samples after which one measurement ends … */
  samples: z.int().min(1).max(1_000_000_000),
  /** … and seconds after which it ends at the latest. */
  seconds: planSeconds,
  /** Whether registration is measured too. */
  registration: z.boolean(),
});

/** The part of a plan that asks for cost. */
export type CostPlan = z.infer<typeof costPlan>;

/** What the built-in plans ask for. */
export const builtInCost = {
  quick: [{
    experiment: "cost",
    techniques: techniques.map(({ id }) => id),
    siblings: [0, 1],
    placements: "best",
    callers: [1],
    samples: 20_000,
    seconds: 0.2,
    registration: true,
  }],
  full: [{
    experiment: "cost",
    techniques: techniques.map(({ id }) => id),
    siblings: "all",
    placements: "all",
    callers: "all",
    samples: 100_000,
    seconds: 1,
    registration: true,
  }],
} satisfies Record<string, CostPlan[]>;

/** Starting a worker, setting threads up and warming up, in seconds; for estimates only. */
const STEP_OVERHEAD = 0.05;
const REGISTRATION_SECONDS = 0.4;

/** The steps of the cost experiment: for each crew all techniques, then what registering costs. */
export function costSteps(plan: CostPlan, machine: Machine): Steps {
  const crews = crewsOf(plan, machine.allowed.length)
    .map((crew) => crewSteps(plan, crew, machine));
  return {
    steps: [
      ...crews.flatMap(({ steps }) => steps),
      ...(plan.registration ? registrationSteps(plan) : []),
    ],
    leftOut: crews.flatMap(({ leftOut }) => leftOut),
  };
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

function crewSteps(
  plan: CostPlan,
  crew: Crew,
  machine: Machine,
): Steps {
  const chosen = choosePlacement(
    machine.topology,
    machine.allowed,
    crew.callers,
    crew.siblings,
    crew.placement === "best" ? undefined : crew.placement,
  );
  const what = describe(crew);
  if ("impossible" in chosen) {
    return { steps: [], leftOut: crew.explicit ? [{ what, why: chosen.impossible }] : [] };
  }
  const steps = plan.techniques.map((technique): Step => ({
    label: `cost ${technique}, ${what}`,
    kind: "cost",
    technique,
    seconds: plan.seconds + STEP_OVERHEAD,
    parameters: {
      technique,
      "caller-cpus": chosen.callerCpus,
      "sibling-cpus": chosen.siblingCpus,
      placement: chosen.placement,
      samples: plan.samples,
      "budget-ms": budgetMs(plan.seconds),
    },
  }));
  return { steps, leftOut: [] };
}

function describe({ callers, siblings, placement }: Crew): string {
  const where = placement === "best" ? "" : ` (${placement})`;
  const who = siblings === 1 ? "1 sibling" : `${siblings} siblings`;
  return callers === 1 ? `${who}${where}` : `${callers} callers`;
}

function registrationSteps(plan: CostPlan): Step[] {
  return plan.techniques.filter((id) => findTechnique(id)?.registers).map((technique) => ({
    label: `registration ${technique}`,
    kind: "registration",
    technique,
    seconds: REGISTRATION_SECONDS,
    parameters: { technique },
  }));
}
