import { z } from "zod";
import { attemptShape } from "../../format/attempt_schema.ts";
import type { Known } from "../../format/known.ts";
import { VERDICTS } from "../../format/verdict.ts";

const count = z.int().nonnegative();

const tally = {
  calls: count.describe("calls of the code while it was being replaced"),
  modifications: count,
  stale: count.describe("calls that ran instructions already replaced"),
  staleVersions: count.describe("modifications after which at least one call was stale"),
  staleAfterEnd: count.describe("stale calls when nothing had been replaced for 2 ms, in 50 ms"),
  unknown: count.describe("calls during which too many modifications went by to tell"),
  unseen: count.describe("modifications after which the sibling did not get to call in time"),
};

/** What the core counted with one technique; no verdict yet. */
export const coreSyncCountsSchema = z.looseObject({
  technique: z.string().min(1),
  order: z.enum(["code-first", "publish-first"])
    .describe("publish-first: wrong on purpose, must be seen stale"),
  ...attemptShape,
  ...tally,
  maintenanceNs: z.number().nonnegative().optional()
    .describe("median time that replacing the code takes with its cache maintenance"),
  loadNs: z.number().nonnegative().optional()
    .describe("time for which the sibling's load of the published version is made to last"),
  starved: z.boolean().describe("a thread did not get to run for seconds, which ended it"),
  seconds: z.number().nonnegative(),
  priority: z.enum(["fifo", "autogroup", "none"]),
  callerCpu: count,
  siblingCpu: count,
});

const controlSchema = z.looseObject(tally).nullable();

/** One technique: does it make another CPU see replaced code? */
export const coreSyncSchema = coreSyncCountsSchema.extend({
  experiment: z.literal("core-sync"),
  controls: z.looseObject({
    none: controlSchema.describe("the same without any technique"),
    publishFirst: controlSchema.describe("the same, published before the code is replaced"),
  }),
  verdict: z.enum(VERDICTS),
  why: z.string().describe("the rule that gave the verdict, in words"),
});

/** What the core counted with one technique. */
export type CoreSyncCounts = Known<z.infer<typeof coreSyncCountsSchema>>;

/** One entry of `results` with `experiment: "core-sync"`. */
export type CoreSyncResult = Known<z.infer<typeof coreSyncSchema>>;
