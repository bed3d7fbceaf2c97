import { z } from "zod";
import type { Known } from "../../format/known.ts";

const count = z.int().nonnegative();

const shapeSchema = z.looseObject({
  shape: z.string().min(1).describe("name in the literature: SB, MP, 2+2W …"),
  threads: z.int().positive(),
  barrier: z.enum(["none", "fence"])
    .describe("between the two accesses of each thread: nothing, or a full fence"),
  iterations: count,
  weak: count.describe("iterations with an outcome that no interleaving gives"),
  ran: z.boolean(),
  why: z.string().nullable().describe("why it did not run to its end"),
});

/** Litmus shapes: which reorderings a host shows at all. */
export const shapesSchema = z.looseObject({
  experiment: z.literal("shapes"),
  cpus: z.array(count).describe("one CPU for each thread"),
  shapes: z.array(shapeSchema),
  priority: z.enum(["fifo", "autogroup", "none"]),
  seconds: z.number().nonnegative(),
});

/** One shape without or with fences. */
export type Shape = Known<z.infer<typeof shapeSchema>>;

/** One entry of `results` with `experiment: "shapes"`. */
export type ShapesResult = Known<z.infer<typeof shapesSchema>>;
