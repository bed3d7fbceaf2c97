/**
 * What a run in progress tells: `STORE/.live-PID-HOST/`, gone when the run has ended.
 *
 * `events.jsonl` only grows: a line for the begin, for each result, for the end. `now.json` is
 * replaced a few times per second.
 */

import { z } from "zod";
import { histogramSchema } from "../format/histogram_schema.ts";
import type { Known } from "../format/known.ts";
import { resultSchema } from "../experiments/run/results_schema.ts";

/** The format's name and version. */
export const LIVE_SCHEMA = "fencelab.live/1";

/** Names of the files. */
export const EVENTS_FILE = "events.jsonl";
export const NOW_FILE = "now.json";

/** A line of `events.jsonl`. */
export const liveEventSchema = z.discriminatedUnion("kind", [
  z.looseObject({
    kind: z.literal("begin"),
    schema: z.literal(LIVE_SCHEMA),
    host: z.string(),
    command: z.string(),
    /** UTC. */
    startedAt: z.string(),
  }),
  z.looseObject({
    kind: z.literal("result"),
    result: resultSchema,
    /** Its place among the run's results: one that knows more now is told of again. */
    at: z.int().nonnegative(),
  }),
  /** The run that was stored, or why there is none. */
  z.looseObject({
    kind: z.literal("end"),
    run: z.string().nullable(),
    problem: z.string().nullable(),
  }),
]);

/** The content of `now.json`. */
export const liveNowSchema = z.looseObject({
  /** Share of the estimated work that is done, 0 to 1. */
  fraction: z.number().min(0).max(1),
  /** What is being done. */
  label: z.string(),
  /** Seconds since the start. */
  elapsed: z.number().nonnegative(),
  /** What the step that runs has sampled so far; null where it samples nothing. */
  sampled: z.looseObject({
    technique: z.string().nullable(),
    histogram: histogramSchema,
  }).nullable(),
});

/** A line of `events.jsonl`. */
export type LiveEvent = Known<z.infer<typeof liveEventSchema>>;

/** The content of `now.json`. */
export type LiveNow = Known<z.infer<typeof liveNowSchema>>;
