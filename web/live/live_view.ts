/** A run in progress as pages and API show it. */

import { z } from "zod";
import type { LiveRun } from "../../lab/live/live_runs.ts";
import { kindOf } from "../../lab/experiments/experiments.ts";
import type { Result } from "../../lab/experiments/run/run_schema.ts";
import type { Histogram } from "../../lab/format/histogram_schema.ts";
import { bucketMidpoint, quantile, sampleCount } from "../../lab/statistics/histogram.ts";
import { logCells } from "../../lab/statistics/log_cells.ts";

/** Bars of a histogram. */
export const BARS = 80;

/** Quantiles in nanoseconds, and the shape of the distribution. */
const sampledSchema = z.object({
  technique: z.string().nullable(),
  count: z.number(),
  p50: z.number(),
  p99: z.number(),
  lowNs: z.number().describe(
    "left end of the bars, which are of equal width on a logarithmic axis",
  ),
  highNs: z.number(),
  bars: z.array(z.number()).describe("share of the fullest bar, 0 to 1"),
});

/** A run in progress. */
export const liveViewSchema = z.object({
  id: z.string(),
  host: z.string(),
  command: z.string(),
  startedAt: z.string(),
  elapsedSeconds: z.number(),
  fraction: z.number().describe("share of the estimated work that is done"),
  label: z.string().describe("what is being done"),
  remainingSeconds: z.number().nullable().describe("an estimate; null at the very begin"),
  sampling: sampledSchema.nullable().describe("what the step that runs has sampled so far"),
  measured: z.array(sampledSchema).describe("steps that have ended with samples, newest first"),
  results: z.array(z.object({ experiment: z.string(), count: z.number() })),
  end: z.object({ run: z.string().nullable(), problem: z.string().nullable() }).nullable(),
});

/** A run in progress. */
export type LiveView = z.infer<typeof liveViewSchema>;

/** A distribution of samples. */
export type Sampled = z.infer<typeof sampledSchema>;

/** Below this an estimate would be a guess. */
const LEAST_FRACTION = 0.02;

export function viewOf(run: LiveRun): LiveView {
  const { fraction = 0, label = "", elapsed = 0, sampled = null } = run.now ?? {};
  const measured = run.results.flatMap((result) => kindOf(result).distributions(result))
    .filter(({ histogram }) => sampleCount(histogram) > 0)
    .map(({ title, histogram }) => sampledOf(title, histogram));
  return {
    id: run.id,
    host: run.host,
    command: run.command,
    startedAt: run.startedAt,
    elapsedSeconds: elapsed,
    fraction: typeof run.end?.run === "string" ? 1 : fraction,
    label,
    remainingSeconds: fraction < LEAST_FRACTION ? null : elapsed * (1 - fraction) / fraction,
    sampling: run.end === null && sampled && sampleCount(sampled.histogram) > 0
      ? sampledOf(sampled.technique, sampled.histogram)
      : null,
    measured: measured.reverse(),
    results: countsOf(run.results),
    end: run.end,
  };
}

/** The axis spans the samples, so that a shape shows in any unit. */
function sampledOf(technique: string | null, histogram: Histogram): Sampled {
  const bits = histogram.precisionBits;
  const low = Math.max(1, bucketMidpoint(histogram.index[0]!, bits));
  const high = Math.max(low * 1.1, bucketMidpoint(histogram.index.at(-1)!, bits));
  const cells = logCells(histogram, { low, high }, BARS);
  const fullest = Math.max(...cells);
  return {
    technique,
    count: sampleCount(histogram),
    p50: quantile(histogram, 0.5) / 1000,
    p99: quantile(histogram, 0.99) / 1000,
    lowNs: low / 1000,
    highNs: high / 1000,
    bars: cells.map((count) => count / fullest),
  };
}

function countsOf(results: readonly Result[]): { experiment: string; count: number }[] {
  const groups = Map.groupBy(results, ({ experiment }) => experiment);
  return [...groups].map(([experiment, { length }]) => ({ experiment, count: length }));
}
