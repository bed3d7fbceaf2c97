/** From runs to the text of a report, for the command line and the server alike. */

import type { Run } from "../experiments/run/run_schema.ts";
import { CSV_SIGNATURE, csvOf } from "./csv.ts";
import type { ReportFormat } from "./formats.ts";
import type { UnreadRun } from "./gather.ts";
import { HostCollector } from "../experiments/host_collector.ts";

/** What was read, and the report in parts. */
export interface MadeReport {
  readonly parts: readonly string[];
  readonly runs: number;
  readonly hosts: number;
  readonly unread: readonly UnreadRun[];
}

/** When a report was made, and by which version of fencelab. */
export interface MadeBy {
  readonly madeAt: Date;
  readonly version: string;
}

/** Makes a report of some runs. They are not all held at once. */
export function makeReport(
  format: ReportFormat,
  read: Iterable<Run | UnreadRun>,
  { madeAt, version }: MadeBy,
): MadeReport {
  const collector = new HostCollector();
  const unread: UnreadRun[] = [];
  const rows: string[] = [];
  let runs = 0;
  for (const run of read) {
    if (!("results" in run)) {
      unread.push(run);
      continue;
    }
    runs++;
    // Figures are written for every run, everything else for the newest results of each host
    if (format.render === null) rows.push(csvOf(run));
    collector.add(run);
  }
  const hosts = collector.views();
  const parts = format.render === null
    ? [CSV_SIGNATURE, ...rows]
    : [format.render({ hosts, unread, madeAt, version })];
  return { parts, runs, hosts: hosts.length, unread };
}
