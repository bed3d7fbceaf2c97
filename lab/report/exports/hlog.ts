/** Costs as an HdrHistogram log, format 1.3: one line for each distribution. */

import { kindOf } from "../../experiments/experiments.ts";
import { bucketBounds } from "../../statistics/histogram.ts";
import type { HostView } from "../../experiments/run/host_view.ts";
import { encodeHistogram } from "./hdr_histogram.ts";

/** The first line, by which a file is known to be ours. */
export const HLOG_SIGNATURE = "#[fencelab.report/1]\n";

const HEAD = `${HLOG_SIGNATURE}#[Histogram log format version 1.3]
#[Values are picoseconds, Interval_Max milliseconds; tags are host;technique;crew, and begin with "emulated;" where times mean nothing]
`;

const COLUMNS =
  '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"\n';

/** All distributions of costs. */
export function renderHlog(hosts: readonly HostView[]): string {
  const starts = hosts.flatMap(({ runs }) => runs.map(({ startedAt }) => secondsOf(startedAt)));
  const first = starts.length === 0 ? 0 : Math.min(...starts);
  const started = `#[StartTime: ${first.toFixed(3)} (seconds since epoch)]\n`;
  return HEAD + started + COLUMNS + hosts.flatMap(linesOf).join("");
}

function linesOf({ label, run, runs, origin }: HostView): string[] {
  const starts = new Map(runs.map(({ id, startedAt }) => [id, secondsOf(startedAt)]));
  return run.results.flatMap((result) => {
    const start = starts.get(origin.get(result)!) ?? 0;
    return kindOf(result).distributions(result)
      .filter(({ histogram }) => histogram.index.length > 0)
      .map(({ tags, seconds, histogram }) => {
        const { low, width } = bucketBounds(histogram.index.at(-1)!, histogram.precisionBits);
        return [
          `Tag=${tagOf([...run.host.emulated ? ["emulated"] : [], label, ...tags])}`,
          start.toFixed(3),
          seconds.toFixed(3),
          ((low + width - 1) / 1e9).toFixed(6),
          `${encodeHistogram(histogram)}\n`,
        ].join(",");
      });
  });
}

/** Tags hold no comma, no space and no line break. */
function tagOf(parts: readonly string[]): string {
  return parts.join(";").replaceAll(/[^A-Za-z0-9._@+:;=?-]+/g, "_");
}

function secondsOf(time: string): number {
  return Date.parse(time) / 1000;
}
