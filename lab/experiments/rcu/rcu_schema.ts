import { z } from "zod";
import { attemptShape } from "../../format/attempt_schema.ts";
import { flavourIds } from "./flavours.ts";
import { histogramSchema } from "../../format/histogram_schema.ts";
import type { Known } from "../../format/known.ts";
import { quantilesSchema } from "../../format/quantiles_schema.ts";

const count = z.int().nonnegative();
const cpuNumbers = z.array(count);

const control = z.looseObject({
  seconds: z.number().nonnegative(),
  reads: count,
  writes: count,
  gracePeriods: count,
  stale: count,
  rounds: z.array(z.looseObject({ gracePeriods: count, stale: count }))
    .describe("each beside a part of the flavour's own time"),
});

/** One flavour of userspace RCU: how fast it reads and writes, or whether it is sound. */
export const rcuSchema = z.looseObject({
  experiment: z.literal("rcu"),
  flavour: z.enum(flavourIds),
  technique: z.string().min(1).describe("the writer's heavy fence"),
  readerFence: z.string().nullable().optional().describe(
    "the instruction of a reader's full fence; null: it executes none",
  ),
  mode: z.enum(["bench", "torture"]),
  mutant: z.boolean().describe("a mistake was made on purpose"),
  readers: count,
  writers: count,
  readerCpus: cpuNumbers.describe("the readers take them in turn"),
  writerCpus: cpuNumbers.describe("the writers take them in turn"),
  ...attemptShape,
  seconds: z.number().nonnegative().describe("in which the threads ran"),
  reads: count.describe("sections of all readers"),
  writes: count.describe("objects that all writers replaced, each after a grace period"),
  gracePeriods: count.optional().describe(
    "grace periods: writers that wait at once share one; absent: each had its own",
  ),
  aimed: count.optional().describe(
    "torture: grace periods that began when a reader was seen to begin a section: those with power",
  ),
  stale: count.describe("sections (bench: groups of them) that saw an object after it was freed"),
  control: control.optional().describe(
    "torture: the same threads without fences, whose writers wait as long as the fences took",
  ),
  verdict: z.enum(["no-stale-readers", "stale-readers", "not-discriminable"]).optional(),
  power: z.number().min(0).max(1).optional().describe(
    "chance that a grace period shows that it does not order: how often the control's do",
  ),
  bound: z.number().min(0).max(1).nullable().optional().describe(
    "with 95 % confidence fewer grace periods than this share do not order; null: stale readers " +
      "were seen, or nothing can be said",
  ),
  holds: z.string().optional().describe(
    "what the verdict holds for: kernel, threads, CPUs, grace periods, share excluded, power",
  ),
  readNs: quantilesSchema.describe("one section, mean of a group; null for torture"),
  gracePeriodNs: quantilesSchema.describe("one grace period, with waiting for other writers"),
  histogram: histogramSchema.nullable().describe("of grace periods"),
  priority: z.enum(["fifo", "autogroup", "none"]),
});

/** One entry of `results` with `experiment: "rcu"`; times in nanoseconds. */
export type RcuResult = Known<z.infer<typeof rcuSchema>>;
