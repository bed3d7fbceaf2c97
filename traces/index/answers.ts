/** What an index answers about slices and operations. Runs in browsers, too, as far as types go. */

import { z } from "zod";
import { NAME_KINDS } from "./meta.ts";

const count = z.int().nonnegative();
const nanoseconds = z.number().describe("ns from the trace's begin");

/** Everything that an index knows of one slice. */
export const sliceDetailsSchema = z.object({
  id: count,
  row: count,
  depth: count,
  name: z.string(),
  kind: z.enum(NAME_KINDS),
  beginNs: nanoseconds,
  endNs: nanoseconds,
  cpu: count.nullable().describe("where it was; of an operation, where it began"),
  tid: count.nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .describe("what else is known, by the words for it"),
  flows: z.array(z.object({
    direction: z.enum(["out", "in"]).describe("out: this slice sent it"),
    otherSlice: count.nullable().describe("null: sent by no operation"),
    otherRow: count,
    sentNs: nanoseconds,
    arrivedNs: nanoseconds,
  })).readonly(),
});

/** Everything that an index knows of one slice. */
export type SliceDetails = Readonly<z.infer<typeof sliceDetailsSchema>>;

/** An arrow to or from a slice. */
export type SliceFlow = SliceDetails["flows"][number];

/** A page of the table of operations. */
export const operationPageSchema = z.object({
  total: count.describe("operations that pass the filter"),
  techniques: z.array(z.object({ technique: z.string(), count })).readonly()
    .describe("of the whole trace, most operations first"),
  operations: z.array(z.object({
    id: count.describe("number of its slice"),
    opId: z.number().describe("its number in the capture"),
    technique: z.string(),
    beginNs: nanoseconds,
    durationNs: z.number(),
    tid: count,
    thread: z.string(),
    cpu: count.describe("at the begin"),
    kept: z.boolean().describe("whether its sample counts in the run's statistics"),
    sends: count.describe("calls and interrupts that it sent"),
    targets: z.array(count).readonly().describe("CPUs that it interrupted"),
  })).readonly(),
});

/** A page of the table of operations. */
export type OperationPage = Readonly<z.infer<typeof operationPageSchema>>;

/** One operation of the table. */
export type ListedOperation = OperationPage["operations"][number];

/** What was found by name. */
export const searchResultSchema = z.object({
  names: z.array(z.object({ name: z.string(), kind: z.enum(NAME_KINDS), count })).readonly()
    .describe("names that the text occurs in, most slices first"),
  hits: z.array(z.object({
    id: count,
    row: count,
    name: z.string(),
    beginNs: nanoseconds,
    endNs: nanoseconds,
  })).readonly().describe("slices with such a name, the nearest first"),
});

/** What was found by name. */
export type SearchResult = Readonly<z.infer<typeof searchResultSchema>>;

/** A slice that was found. */
export type SearchHit = SearchResult["hits"][number];
