import { z } from "zod";
import { attemptShape } from "../../format/attempt_schema.ts";
import type { Known } from "../../format/known.ts";
import { quantilesSchema } from "../../format/quantiles_schema.ts";

const count = z.int().nonnegative();
const nanoseconds = z.number().nonnegative();

const side = z.looseObject({
  ns: quantilesSchema.describe("latencies; of a running victim the gaps in its time"),
  count,
  blocks: z.array(z.number().nonnegative())
    .describe("ascending: the median of each block, ns; of a running victim the share stolen"),
  stolenShare: z.number().min(0).max(1).nullable(),
  woken: count.nullable().describe("times that a sleeping victim was woken"),
  interrupts: count.nullable().describe("interrupts between CPUs that the victim's CPU received"),
});

/** What the core measured of one technique against one victim. */
export const disturbanceCountsSchema = z.looseObject({
  technique: z.string().min(1),
  victim: z.enum(["same-process", "other-process", "other-process-registered"]),
  work: z.enum(["wakes", "runs", "sleeps", "calls"]),
  victimPriority: z.enum(["fifo", "normal"]),
  occupied: z.boolean().describe("the victim's CPU is kept busy by its own process"),
  callers: z.int().positive(),
  rateHz: count.describe("calls per second of each caller; 0: a storm"),
  callerCpus: z.array(count),
  victimCpu: count,
  ...attemptShape,
  ops: count.describe("calls of all callers"),
  quiet: side.describe("blocks without the storm"),
  storm: side.describe("blocks with it, in turns with the quiet ones"),
  seconds: nanoseconds,
});

/** One technique against one victim: what others pay. */
export const disturbanceSchema = disturbanceCountsSchema.extend({
  experiment: z.literal("disturbance"),
  wakeupNs: quantilesSchema.describe(
    "wakeup latency under the storm; null: the victim does not wake up",
  ),
  idleNs: quantilesSchema.describe("the same without the storm"),
  stolenShare: z.number().min(0).max(1).nullable()
    .describe("share of its CPU that a running victim loses to the storm"),
  effect: z.enum(["hurt", "unharmed", "unclear"]),
  why: z.string(),
});

/** Counts of one technique against one victim; times in nanoseconds. */
export type DisturbanceCounts = Known<z.infer<typeof disturbanceCountsSchema>>;

/** One entry of `results` with `experiment: "disturbance"`. */
export type DisturbanceResult = Known<z.infer<typeof disturbanceSchema>>;
