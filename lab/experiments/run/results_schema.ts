import { z } from "zod";
import { captureSchema } from "../capture/capture_schema.ts";
import { coreSyncSchema } from "../core_sync/core_sync_schema.ts";
import type { Known } from "../../format/known.ts";
import { costSchema } from "../cost/cost_schema.ts";
import { disturbanceSchema } from "../disturbance/disturbance_schema.ts";
import { orderingSchema } from "../ordering/ordering_schema.ts";
import { rcuSchema } from "../rcu/rcu_schema.ts";
import { shapesSchema } from "../ordering/shapes_schema.ts";

const conformanceSchema = z.looseObject({
  experiment: z.literal("conformance"),
  cases: z.array(z.looseObject({
    name: z.string().min(1),
    expected: z.string(),
    actual: z.string(),
    pass: z.boolean(),
    skipped: z.boolean().default(false).describe("true: not tried here, note says why"),
    note: z.string().nullable().default(null),
  })),
});

const EXPERIMENTS = [
  conformanceSchema,
  costSchema,
  orderingSchema,
  coreSyncSchema,
  shapesSchema,
  rcuSchema,
  disturbanceSchema,
  captureSchema,
] as const;

function unknownExperiment(): string {
  const known = EXPERIMENTS.map((schema) => schema.shape.experiment.value);
  return `expected one of the experiments ${known.join(", ")}`;
}

/** One entry of `results`, told apart by `experiment`; unknown further keys are kept. */
export const resultSchema = z.discriminatedUnion("experiment", EXPERIMENTS, {
  error: unknownExperiment,
});

/** One entry of `results`. */
export type Result = Known<z.infer<typeof resultSchema>>;

/** One entry of `results` with `experiment: "conformance"`. */
export type ConformanceResult = Known<z.infer<typeof conformanceSchema>>;
