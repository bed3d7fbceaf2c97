/** Plans: which experiments with which parameters. A plan is data and can be a file. */

import * as z from "zod";

import type { PlanChanges as PartChanges } from "../experiments/experiment.ts";
import {
  type ExperimentName,
  experimentOf,
  experiments,
  type Part,
} from "../experiments/experiments.ts";

/** The parts of plans, told apart by `experiment`. */
const partSchema = z.discriminatedUnion(
  "experiment",
  experiments.map(({ plan }) => plan) as unknown as readonly [z.ZodObject],
) as unknown as z.ZodType<Part>;

const planSchema = z.strictObject({
  name: z.string().min(1).max(64),
  experiments: z.array(partSchema).min(1),
});

/** A plan. */
export type Plan = z.infer<typeof planSchema>;

/** A plan is not what a plan must be. */
export class PlanError extends Error {
  override readonly name = "PlanError";
}

/** The built-in plans. `quick` is what `deno task lab` runs. */
export const builtInPlans: Readonly<Record<"quick" | "full", Plan>> = {
  quick: { name: "quick", experiments: experiments.flatMap(({ builtIn }) => builtIn.quick) },
  full: { name: "full", experiments: experiments.flatMap(({ builtIn }) => builtIn.full) },
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
export interface PlanChanges extends PartChanges {
  /** Only these experiments. */
  readonly experiments?: readonly ExperimentName[];
}

/**
 * A plan with the command line's changes.
 *
 * An experiment that was asked for but is not in the plan is taken from `full`.
 */
export function changePlan(plan: Plan, changes: PlanChanges): Plan {
  const partsOf = (parts: readonly Part[], name: ExperimentName): Part[] =>
    parts.filter(({ experiment }) => experiment === name);
  const chosen = changes.experiments?.flatMap((name) => {
    const own = partsOf(plan.experiments, name);
    return own.length > 0 ? own : partsOf(builtInPlans.full.experiments, name);
  }) ?? plan.experiments;
  const changed = chosen.flatMap((part) =>
    experimentOf(part).change(part, changes, partsOf(chosen, part.experiment)) ?? []
  );
  return { name: plan.name, experiments: changed };
}
