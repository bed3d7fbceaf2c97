/** From hosts to the document that every readable format renders. */

import type { ReportDocument, Section } from "../document/blocks.ts";
import type { UnreadRun } from "./gather.ts";
import { experiments } from "../experiments/experiments.ts";
import type { HostView } from "../experiments/run/host_view.ts";
import { environmentSection, runsSection } from "./sections/environments.ts";
import { adviceSection } from "../ladders/advice_section.ts";
import { ladderSection } from "../ladders/ladders_section.ts";
import { matrixSection } from "../ladders/matrix_section.ts";
import { summarySection } from "./sections/summary.ts";

/** What a report is made from. */
export interface ReportSource {
  readonly hosts: readonly HostView[];
  readonly unread: readonly UnreadRun[];
  readonly madeAt: Date;
  readonly version: string;
}

/** Composes the document; sections without results are left out, the summary names them. */
export function composeReport({ hosts, unread, madeAt, version }: ReportSource): ReportDocument {
  const runs = hosts.reduce((sum, host) => sum + host.runs.length, 0);
  const sections: (Section | null)[] = [
    summarySection(hosts, unread),
    matrixSection(hosts),
    adviceSection(hosts),
    ladderSection(hosts),
    ...experiments.map((one) => one.section(hosts)),
    environmentSection(hosts),
    runsSection(hosts, unread),
  ];
  const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return {
    title: "Asymmetric fences: report of fencelab",
    subtitle: `Made ${madeAt.toISOString().replace(/\.\d+/, "")} by fencelab ${version} from ` +
      `${many(runs, "run")} on ${many(hosts.length, "host")}.`,
    sections: sections.filter((section) => section !== null),
  };
}
