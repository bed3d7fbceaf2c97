import { z } from "zod";
import { CaptureError } from "./capture_source.ts";

/** Name of the format of capture directories that this fencelab writes and reads. */
export const CAPTURE_SCHEMA = "fencelab.capture/1";

/** The ladder of captures that are not the lab's. */
export const UNKNOWN_LADDER = "unknown";

/** A time in ns as decimal text: JSON numbers end at 2^53. */
const nanoseconds = z.string().regex(/^\d{1,19}$/, "expected nanoseconds as text of digits");
const cpuNumber = z.int().min(0).max(1023).describe("Perfetto knows CPUs 0 to 1023");
const count = z.int().nonnegative();

const clockSchema = z.looseObject({
  when: z.enum(["begin", "end"]),
  boot: nanoseconds,
  monotonic: nanoseconds,
  monotonicRaw: nanoseconds,
  realtime: nanoseconds,
});

const statsSchema = z.looseObject({
  cpu: cpuNumber,
  entries: count,
  overrun: count,
  commitOverrun: count,
  bytes: count,
  droppedEvents: count,
  readEvents: count,
});

const threadSchema = z.looseObject({
  tid: z.int().nonnegative(),
  tgid: z.int().nonnegative(),
  comm: z.string().max(256),
});

const captureSchema = z.looseObject({
  schema: z.literal(CAPTURE_SCHEMA),
  arch: z.string().max(64).describe("as uname -m"),
  kernel: z.string().max(256).describe("as uname -r"),
  version: z.string().max(1024).describe("as uname -v").default(""),
  nodename: z.string().max(256).default(""),
  pageSize: z.int().positive().describe("of the machine, bytes"),
  hz: z.number().positive().nullable().default(null),
  littleEndian: z.boolean(),
  cpus: z.array(cpuNumber).max(1024),
  clock: z.enum(["boot", "mono", "mono_raw", "local", "global", "unknown"]),
  firstTime: nanoseconds.optional()
    .describe("of the trace clock, about the first event: needed without clocks after 50 days"),
  clocks: z.array(clockSchema).max(64).default([]),
  events: z.array(z.string().max(256)).max(10_000).default([]),
  ladder: z.string().max(64).default(UNKNOWN_LADDER),
  techniques: z.array(z.string().max(128)).max(1024).default([])
    .describe("the index is the technique's number in ops.bin"),
  stats: z.array(statsSchema).max(1024).default([]),
  threads: z.array(threadSchema).max(1_000_000).default([]),
  run: z.record(z.string(), z.unknown()).default({}),
});

/** What `capture.json` says. */
export type Capture = z.infer<typeof captureSchema>;

/**
 * Reads `capture.json`.
 *
 * @throws {CaptureError} If it is no JSON or not of this format.
 */
export function parseCapture(text: string): Capture {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CaptureError("Cannot read capture.json: it is no JSON", { cause });
  }
  const result = captureSchema.safeParse(json);
  if (result.success) return result.data;
  throw new CaptureError(
    `Cannot read capture.json: ${z.prettifyError(result.error).slice(0, 500)}`,
    { cause: result.error },
  );
}
