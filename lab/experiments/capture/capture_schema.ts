import { z } from "zod";
import { outcomeSchema } from "../../format/attempt_schema.ts";
import type { Known } from "../../format/known.ts";

const count = z.int().nonnegative();

/** A file beside run.json: a plain name, so that no run can point outside its own directory. */
export const TRACE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

const distribution = z.looseObject({
  count,
  p50: z.number(),
  p99: z.number(),
  max: z.number(),
}).nullable().describe("nanoseconds; null: it never happened");

/** What the kernel did while operations ran, out of the trace beside run.json. */
export const captureSchema = z.looseObject({
  experiment: z.literal("capture"),
  available: z.boolean().default(true).describe("false: tracing is not to be had here, see reason"),
  outcome: outcomeSchema,
  reason: z.string().nullable().default(null),
  errno: z.string().nullable().default(null),
  trace: z.string().regex(TRACE_NAME).nullable().describe("file beside run.json"),
  index: z.string().regex(TRACE_NAME).nullable().default(null).describe(
    "the trace's index for timelines, a file beside run.json; older runs have none",
  ),
  ladder: z.string().default("unknown").describe(
    "best evidence for interrupts that the kernel gave",
  ),
  events: count,
  lost: count.describe("events that the kernel overwrote or dropped"),
  sends: count.default(0).describe("calls sent to other CPUs"),
  matched: count.default(0).describe("of those, the ones whose handler is in the trace"),
  stoppedBy: z.looseObject({ technique: z.string(), ns: z.number() }).nullable().default(null)
    .describe("the operation that took longer than the threshold"),
  techniques: z.array(z.looseObject({
    technique: z.string().min(1),
    available: z.boolean().default(true),
    outcome: outcomeSchema,
    reason: z.string().nullable().default(null),
    ops: count,
    ipisPerOp: z.number().nonnegative().nullable(),
    countedPerOp: z.looseObject({
      perf: z.number().nonnegative().nullable(),
      procInterrupts: z.number().nonnegative(),
      flushes: z.number().nonnegative().nullable().default(null)
        .describe("tlb:tlb_flush events of the caller"),
      cycles: z.number().nonnegative().nullable().default(null)
        .describe("hardware cycles of the caller, where the machine counts them"),
    }).nullable().default(null).describe(
      "interrupts of the siblings per operation, without the trace",
    ),
    targets: z.array(z.int().nonnegative()).describe("CPUs that were interrupted"),
    untracedNs: distribution.default(null).describe("cost with tracing off"),
    tracedNs: distribution.default(null).describe("cost with tracing on"),
    enterToSendNs: distribution.default(null),
    sendToEntryNs: distribution,
    handlerNs: distribution,
    exitToReturnNs: distribution,
    functions: z.array(z.string()).default([]).describe("what the targets were made to run"),
    callSites: z.array(z.string()).default([]).describe("where the kernel sent from"),
  })),
  worst: z.array(z.looseObject({
    technique: z.string(),
    ns: z.number().nonnegative(),
    culprit: z.string().describe("the phase that took most"),
    budget: z.array(z.looseObject({ phase: z.string(), ns: z.number(), share: z.number() }))
      .describe("where the time went; shares sum to 1"),
  })).default([]).describe("the longest operations"),
});

/** One entry of `results` with `experiment: "capture"`. */
export type CaptureResult = Known<z.infer<typeof captureSchema>>;

/** One technique's row of it. */
export type CapturedTechnique = CaptureResult["techniques"][number];
