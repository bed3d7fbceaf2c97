/** What a timeline must know of a trace before it shows any of it. Runs in browsers, too. */

import { z } from "zod";
import { MAX_LEVEL, TILE_BUCKETS } from "./tile.ts";

/** Name of the format of trace indexes that this fencelab writes and reads. */
export const INDEX_SCHEMA = "fencelab.index/1";

/** What one name stands for. */
export const NAME_KINDS = ["thread", "handler", "function", "technique", "idle"] as const;

const count = z.int().nonnegative();

const rowSchema = z.strictObject({
  row: count.describe("its place in `rows`"),
  kind: z.enum(["cpu", "interrupts", "operations"]).describe(
    "cpu: who runs there; interrupts: handlers (depth 0) and functions that they call (depth 1), " +
      "by CPU; operations: the lab's own, by thread",
  ),
  cpu: count.nullable(),
  tid: count.nullable(),
  tgid: count.nullable(),
  name: z.string(),
  depths: count,
  slices: count,
});

/** What is known of a trace as a whole. */
export const traceIndexMetaSchema = z.strictObject({
  schema: z.literal(INDEX_SCHEMA),
  start: z.string().regex(/^\d{1,20}$/).describe(
    "CLOCK_BOOTTIME of the begin, ns; other times are ns relative to it",
  ),
  durationNs: count,
  events: count.describe("kernel events of the trace"),
  lost: count.describe("events that the kernel overwrote or dropped"),
  arch: z.string().nullable(),
  kernel: z.string().nullable(),
  cpus: z.array(count),
  rows: z.array(rowSchema),
  names: z.array(z.string()).describe("what slices are called"),
  nameKinds: z.array(z.enum(NAME_KINDS)).describe("by index of the name"),
  nameTids: z.array(count.nullable()).describe("thread of a name, by index of the name"),
  levels: z.array(z.strictObject({ level: z.int().min(0).max(MAX_LEVEL), widthNs: count }))
    .describe("level 0: slices as they are; others: buckets of so many ns"),
  tileBuckets: z.literal(TILE_BUCKETS),
  operations: count,
  flows: count,
});

/** What is known of a trace as a whole. */
export type TraceIndexMeta = z.infer<typeof traceIndexMetaSchema>;

/** A row of the timeline. */
export type IndexRow = TraceIndexMeta["rows"][number];

/** What one name stands for. */
export type NameKind = typeof NAME_KINDS[number];
