/** All experiments, and which one a name or a result belongs to. */

import type * as z from "zod";

import type { ResultKind } from "../judgement/result_kind.ts";
import type { Experiment } from "./experiment.ts";
import * as registry from "./registry.ts";
import type { Result } from "./run/results_schema.ts";

type Any = typeof registry[keyof typeof registry];

/** A part of a plan. */
export type Part = z.infer<Any["plan"]>;

/** Name of an experiment. */
export type ExperimentName = Part["experiment"];

/** All experiments, in the order of plans. */
export const experiments: readonly Experiment<Part>[] = Object.values(registry)
  .map((one) => one as unknown as Experiment<Part>)
  .sort((one, other) => one.place - other.place);

/** The experiment of a part of a plan. */
export function experimentOf({ experiment }: Pick<Part, "experiment">): Experiment<Part> {
  return experiments.find(({ name }) => name === experiment)!;
}

/** The experiment that a result is of. */
export function experimentOfResult({ experiment }: Result): Experiment<Part> {
  return experiments.find(({ results }) => Object.hasOwn(results, experiment))!;
}

/** What is known of the kind that a result is of. */
export function kindOf<Own extends Result>(result: Own): ResultKind<Own> {
  const kinds: Readonly<Record<string, unknown>> = experimentOfResult(result).results;
  return kinds[result.experiment] as ResultKind<Own>;
}
