import { z } from "zod";
import { attemptShape } from "../../format/attempt_schema.ts";
import { answersSchema } from "../../format/answers_schema.ts";
import { histogramSchema } from "../../format/histogram_schema.ts";
import type { Known } from "../../format/known.ts";
import { quantilesSchema } from "../../format/quantiles_schema.ts";

const count = z.int().nonnegative();
const nanoseconds = z.number().nonnegative();
const cpuNumbers = z.array(z.int().nonnegative());

const registrationSchema = z.looseObject({
  count,
  p50: nanoseconds,
  min: nanoseconds,
  max: nanoseconds,
}).describe("latency of a registration, in nanoseconds");

/** One technique, one placement: what the heavy side pays. */
export const costSchema = z.looseObject({
  experiment: z.literal("cost"),
  technique: z.string().min(1),
  siblings: count.describe("threads of the process spinning on other CPUs"),
  callers: z.int().positive().describe("threads that call the technique at the same time"),
  placement: z.enum(["none", "smt", "same-cache", "same-node", "other-node"])
    .describe("how far the siblings are from the caller; none: no siblings"),
  callerCpus: cpuNumbers,
  siblingCpus: cpuNumbers,
  ...attemptShape,
  registerNs: z.looseObject({
    coldSingle: registrationSchema.describe("first registration, one thread in the process"),
    warm: registrationSchema.describe("registered already"),
    coldThreaded: registrationSchema.nullable()
      .describe("first registration, many threads; null: no second thread could be had"),
  }).nullable(),
  registerFailed: z.string().nullable().exactOptional()
    .describe("why registering was not measured, or not with many threads; null: it was"),
  count: count.describe("samples kept: the siblings were running before and after"),
  dropped: count.describe("samples thrown away"),
  droppedWhy: z.looseObject({
    beforeNotRunning: count,
    afterNotRunning: count,
    preempted: count,
    callerPreempted: count.exactOptional(),
    failed: count.exactOptional().describe("a call of the sample failed, see failures"),
  }),
  calls: count.exactOptional().describe("calls of the technique, with those of dropped samples"),
  failures: answersSchema.exactOptional().describe("errors that these calls answered"),
  opsPerSample: z.int().positive()
    .describe("operations timed together; above 1 every sample is a mean"),
  ns: quantilesSchema.describe("nanoseconds of one operation; null when no sample was kept"),
  histogram: histogramSchema.nullable(),
  ipisPerOp: z.looseObject({
    value: z.number().nonnegative(),
    source: z.enum(["perf", "ftrace", "proc-interrupts"]),
    ops: count,
    interrupts: count,
  }).nullable().describe("interrupts that one operation sends; null when they cannot be counted"),
  priority: z.enum(["fifo", "autogroup", "none"]).describe("how the threads were favoured"),
  clock: z.looseObject({
    readNs: nanoseconds.describe("cost of reading the clock once, subtracted from every sample"),
    stepNs: nanoseconds.describe("smallest step that the clock was seen to make"),
  }).exactOptional(),
  seconds: z.number().nonnegative(),
});

/** One entry of `results` with `experiment: "cost"`; times in nanoseconds. */
export type CostResult = Known<z.infer<typeof costSchema>>;

/** What registering a technique costs: count of samples, and nanoseconds. */
export type Registration = Known<z.infer<typeof registrationSchema>>;
