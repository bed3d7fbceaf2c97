import { z } from "zod";
import type { Known } from "../../format/known.ts";
import * as results from "../results.ts";

type Schema = typeof results[keyof typeof results];

const schemas: readonly Schema[] = Object.values(results);

function unknownExperiment(): string {
  const known = schemas.map((schema) => schema.shape.experiment.value);
  return `expected one of the experiments ${known.join(", ")}`;
}

/** One entry of `results`, told apart by `experiment`; unknown further keys are kept. */
export const resultSchema: z.ZodType<z.infer<Schema>> = z.discriminatedUnion(
  "experiment",
  schemas as unknown as readonly [Schema],
  { error: unknownExperiment },
);

/** One entry of `results`. */
export type Result = Known<z.infer<Schema>>;
