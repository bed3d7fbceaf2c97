/** What the core says about a capture besides its files. */

import { z } from "zod";
import { attemptShape } from "../../format/attempt_schema.ts";

const count = z.int().nonnegative();
const ns = z.number().nonnegative();
const cost = z.object({ count, p50: ns, p99: ns, max: ns });
const clock = z.object({
  when: z.enum(["begin", "end"]),
  boot: z.string(),
  monotonic: z.string(),
  monotonicRaw: z.string(),
  realtime: z.string(),
});

const phaseSchema = z.object({
  technique: z.string(),
  ...attemptShape,
  beginNs: count,
  endNs: count,
  ops: count,
  kept: count,
  /** Interrupts that the siblings received while operations ran, by two sources. */
  perfInterrupts: count,
  procInterrupts: count,
  /** tlb:tlb_flush and hardware cycles of the caller; null where they cannot be counted. */
  flushes: count.nullable(),
  cycles: count.nullable(),
  untracedNs: cost,
  tracedNs: cost,
  stopped: z.boolean(),
  worstNs: count,
  worstId: count,
});

const stats = z.object({
  cpu: count,
  entries: count,
  overrun: count,
  commitOverrun: count,
  bytes: count,
  droppedEvents: count,
  readEvents: count,
});

/** What replies about traces share. */
export const recordedShape = {
  ladder: z.enum(["csd", "ipi", "irq_vectors", "irq", "proc-interrupts"]),
  clocks: z.array(clock),
  events: z.array(z.string()),
  threads: z.array(z.object({ tid: count, tgid: count, comm: z.string() })),
  stats: z.array(stats),
  pages: count,
  pageBytes: count,
};

const recordedSchema = z.object(recordedShape);

/** What was recorded, besides files. */
export type Recorded = z.infer<typeof recordedSchema>;

/** Events that the kernel overwrote or dropped. */
export function lostEvents({ stats }: Recorded): number {
  return stats.reduce((sum, cpu) => sum + cpu.overrun + cpu.droppedEvents, 0);
}

/** Tracing is not to be had. */
export const unavailableSchema = z.object({
  available: z.literal(false),
  outcome: z.enum(["refused", "failed"]),
  errno: z.string().nullable(),
  reason: z.string(),
});

/** The core's reply to `request=capture`. */
export const captureReplySchema = z.discriminatedUnion("available", [
  unavailableSchema,
  z.object({
    available: z.literal(true),
    ...recordedShape,
    countedBy: z.enum(["perf", "proc-interrupts"]).nullable(),
    phases: z.array(phaseSchema),
  }),
]);

/** A capture that was made. */
export type CaptureReply = Extract<z.infer<typeof captureReplySchema>, { available: true }>;

/** One technique's part of it. */
export type CapturePhase = CaptureReply["phases"][number];
