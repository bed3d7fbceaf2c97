/** Plans: which experiments with which parameters. A plan is data and can be a file. */

import * as z from "zod";

import { findTechnique, techniques } from "../format/techniques.ts";
import { disturbancePlan, fullDisturbance } from "../experiments/disturbance/disturbance_plan.ts";
import {
  changeRcu,
  fullRcu,
  meantRcu,
  type RcuChanges,
  rcuPlan,
} from "../experiments/rcu/rcu_plan.ts";

const placements = ["smt", "same-cache", "same-node", "other-node"] as const;

const conformancePlan = z.strictObject({ experiment: z.literal("conformance") });

const costPlan = z.strictObject({
  experiment: z.literal("cost"),
  /** Techniques in the order in which they are measured. */
  techniques: z.array(z.string().refine(isTechnique, { error: "is no technique" })).min(1),
  /** Numbers of running siblings; "all" is every number up to CPUs - 1. */
  siblings: z.union([z.array(z.int().min(0).max(1023)).min(1), z.literal("all")]),
  /** Where siblings sit relative to the caller; "best" is the nearest that is no SMT sibling. */
  placements: z.union([z.array(z.enum(placements)).min(1), z.enum(["best", "all"])]),
  /** Numbers of threads that call at the same time; "all" is 1, 2, 4 … up to the CPUs. */
  callers: z.union([z.array(z.int().min(1).max(1024)).min(1), z.literal("all")]),
  /** Kept samples after which one measurement ends … */
  samples: z.int().min(1).max(1_000_000_000),
  /** … and seconds after which it ends at the latest. */
  seconds: z.number().positive().max(3600),
  /** Whether registration is measured too. */
  registration: z.boolean(),
});

const capturePlan = z.strictObject({
  experiment: z.literal("capture"),
  /** Techniques in the order in which they are recorded. */
  techniques: z.array(z.string().refine(isTechnique, { error: "is no technique" })).min(1).max(64),
  /** Running siblings. */
  siblings: z.int().min(1).max(1023),
  /** Operations of each technique … */
  ops: z.int().min(1).max(10_000_000),
  /** … and seconds after which it ends at the latest. */
  seconds: z.number().positive().max(3600),
  /** Trace buffer of each CPU, KiB. */
  bufferKb: z.int().min(64).max(4 << 20),
  /** Stop and keep the trace at the first operation that takes longer, ns; 0 never stops. */
  stopAboveNs: z.int().min(0),
});

const orderingPlan = z.strictObject({
  experiment: z.literal("ordering"),
  /** Techniques in the order in which they are tested; controls and scenarios follow from them. */
  techniques: z.array(z.string().refine(isTechnique, { error: "is no technique" })).min(1),
  /** Turns of each technique … */
  iterations: z.int().min(1000).max(100_000_000),
  /** … and seconds after which it ends at the latest. */
  seconds: z.number().positive().max(3600),
});

const coreSyncPlan = z.strictObject({
  experiment: z.literal("core-sync"),
  /** Techniques by which another CPU is to notice replaced code; `none` is tried in any case. */
  techniques: z.array(z.string().refine(isTechnique, { error: "is no technique" })).min(1),
  /** Times that the code is replaced with each technique … */
  modifications: z.int().min(1).max(1_000_000_000),
  /** … and seconds after which it ends at the latest. */
  seconds: z.number().positive().max(3600),
});

const planSchema = z.strictObject({
  name: z.string().min(1).max(64),
  experiments: z.array(
    z.discriminatedUnion("experiment", [
      conformancePlan,
      costPlan,
      orderingPlan,
      coreSyncPlan,
      rcuPlan,
      disturbancePlan,
      capturePlan,
    ]),
  ).min(1),
});

/** A plan. */
export type Plan = z.infer<typeof planSchema>;
/** The part of a plan that asks for cost. */
export type CostPlan = z.infer<typeof costPlan>;
/** The part of a plan that asks for a capture. */
export type CapturePlan = z.infer<typeof capturePlan>;

/** The part of a plan that asks for ordering. */
export type OrderingPlan = z.infer<typeof orderingPlan>;

/** The part of a plan that asks for core-sync. */
export type CoreSyncPlan = z.infer<typeof coreSyncPlan>;

/** Experiments that this version can run. */
export const experiments = [
  "conformance",
  "cost",
  "ordering",
  "core-sync",
  "rcu",
  "disturbance",
  "capture",
] as const;
/** One of {@linkcode experiments}. */
export type ExperimentName = typeof experiments[number];

/** A plan is not what a plan must be. */
export class PlanError extends Error {
  override readonly name = "PlanError";
}

function isTechnique(id: string): boolean {
  return findTechnique(id) !== undefined;
}

const allTechniques = techniques.map((technique) => technique.id);

/** The built-in plans. `quick` is what `deno task lab` runs. */
export const builtInPlans: Readonly<Record<"quick" | "full", Plan>> = {
  quick: {
    name: "quick",
    experiments: [
      { experiment: "conformance" },
      {
        experiment: "cost",
        techniques: allTechniques,
        siblings: [0, 1],
        placements: "best",
        callers: [1],
        samples: 20_000,
        seconds: 0.2,
        registration: true,
      },
    ],
  },
  full: {
    name: "full",
    experiments: [
      { experiment: "conformance" },
      {
        experiment: "cost",
        techniques: allTechniques,
        siblings: "all",
        placements: "all",
        callers: "all",
        samples: 100_000,
        seconds: 1,
        registration: true,
      },
      { experiment: "ordering", techniques: allTechniques, iterations: 20_000, seconds: 5 },
      {
        experiment: "core-sync",
        techniques: ["membarrier-private-expedited", "membarrier-sync-core"],
        modifications: 20_000,
        seconds: 2,
      },
      ...fullRcu,
      fullDisturbance,
      {
        experiment: "capture",
        techniques: allTechniques,
        siblings: 1,
        ops: 1000,
        seconds: 0.3,
        bufferKb: 16 * 1024,
        stopAboveNs: 0,
      },
    ],
  },
};

/**
 * Reads a plan from JSON text.
 *
 * @param where The file's name, for messages.
 * @throws {PlanError} Naming file, place and cause.
 */
export function parsePlan(text: string, where: string): Plan {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PlanError(`Cannot read the plan '${where}': it is not JSON (${why})`, { cause });
  }
  const parsed = planSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const at = issue && issue.path.length > 0 ? issue.path.join(".") : "the top level";
  throw new PlanError(
    `Cannot read the plan '${where}': at ${at}: ${issue?.message ?? "it is no plan"}. ` +
      "Remedy: compare it with 'deno task lab run --plan quick --dry-run --json'",
    { cause: parsed.error },
  );
}

/** What the command line changes in a plan. */
export interface PlanChanges extends RcuChanges {
  /** Only these experiments. */
  readonly experiments?: readonly ExperimentName[];
  /** Only these techniques. */
  readonly techniques?: readonly string[];
  /** Seconds of one measurement. */
  readonly seconds?: number;
  /** Running siblings. */
  readonly siblings?: number;
  /** Threshold at which a capture stops, ns. */
  readonly stopAboveNs?: number;
  /** Trace buffer of each CPU, KiB. */
  readonly bufferKb?: number;
}

/**
 * A plan with the command line's changes.
 *
 * An experiment that was asked for but is not in the plan is taken from `full`.
 */
export function changePlan(plan: Plan, changes: PlanChanges): Plan {
  let chosen = plan.experiments;
  if (changes.experiments) {
    chosen = changes.experiments.flatMap((name) => {
      const own = plan.experiments.filter((one) => one.experiment === name);
      return own.length > 0
        ? own
        : builtInPlans.full.experiments.filter((one) => one.experiment === name);
    });
  }
  const meant = meantRcu(chosen.filter((one) => one.experiment === "rcu"), changes.torture);
  return {
    name: plan.name,
    experiments: chosen.filter((one) => one.experiment !== "rcu" || meant.includes(one))
      .map((one) => changeExperiment(one, changes)),
  };
}

function changeExperiment(one: Plan["experiments"][number], changes: PlanChanges): typeof one {
  if (one.experiment === "conformance") return one;
  if (one.experiment === "rcu") return changeRcu(one, changes);
  const changed = {
    ...one,
    techniques: changes.techniques ? [...changes.techniques] : one.techniques,
    seconds: changes.seconds ?? one.seconds,
  };
  if (changed.experiment === "capture") {
    return {
      ...changed,
      siblings: changes.siblings ?? changed.siblings,
      // Whoever waits for a slow operation does not want to stop at a thousand
      ops: changes.stopAboveNs ? Math.max(changed.ops, 1_000_000) : changed.ops,
      stopAboveNs: changes.stopAboveNs ?? changed.stopAboveNs,
      bufferKb: changes.bufferKb ?? changed.bufferKb,
    };
  }
  if (changed.experiment !== "cost") return changed;
  // Whoever gives more time wants more samples, up to what a histogram is good for
  return {
    ...changed,
    siblings: changes.siblings === undefined ? changed.siblings : [0, changes.siblings],
    samples: changes.seconds ? Math.max(changed.samples, 1_000_000) : changed.samples,
  };
}
