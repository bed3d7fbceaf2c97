import { z } from "zod";
import type { Known } from "../../format/known.ts";

/** What membarrier(2) answers to one sequence of calls after another. */
export const conformanceSchema = z.looseObject({
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

/** One entry of `results` with `experiment: "conformance"`. */
export type ConformanceResult = Known<z.infer<typeof conformanceSchema>>;
