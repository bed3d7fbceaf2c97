/** The formats of a report as data. */

import { composeReport, type ReportSource } from "./compose.ts";
import { CSV_SIGNATURE } from "./csv.ts";
import { HLOG_SIGNATURE, renderHlog } from "./exports/hlog.ts";
import { JUNIT_SIGNATURE, renderJunit } from "./exports/junit.ts";
import { KTAP_SIGNATURE, renderKtap } from "./exports/ktap.ts";
import { LITMUS_SIGNATURE, renderLitmus } from "./exports/litmus.ts";
import { HTML_SIGNATURE, renderHtml } from "../document/html/render_html.ts";
import { MARKDOWN_SIGNATURE, renderMarkdown } from "../document/markdown.ts";
import { reportJson } from "./report_json.ts";
import { REPORT_SCHEMA } from "./report_schema.ts";

/** One format. */
export interface ReportFormat {
  readonly id: string;
  /** By which a file's name asks for it. */
  readonly ending: string;
  /** Stands near the beginning of every file of this format that is ours. */
  readonly signature: string;
  /** null: it is written run by run, see csv.ts. */
  readonly render: ((source: ReportSource) => string) | null;
}

/** All formats; endings that are ends of others come last. */
export const formats: readonly ReportFormat[] = [
  {
    id: "html",
    ending: ".html",
    signature: HTML_SIGNATURE,
    render: (source) => renderHtml(composeReport(source)),
  },
  {
    id: "md",
    ending: ".md",
    signature: MARKDOWN_SIGNATURE,
    render: (source) => renderMarkdown(composeReport(source)),
  },
  { id: "csv", ending: ".csv", signature: CSV_SIGNATURE, render: null },
  {
    id: "json",
    ending: ".json",
    signature: `"schema": "${REPORT_SCHEMA}"`,
    render: (source) => `${JSON.stringify(reportJson(source), null, 1)}\n`,
  },
  {
    id: "hlog",
    ending: ".hlog",
    signature: HLOG_SIGNATURE,
    render: ({ hosts }) => renderHlog(hosts),
  },
  {
    id: "litmus",
    ending: ".litmus.txt",
    signature: LITMUS_SIGNATURE,
    render: ({ hosts }) => renderLitmus(hosts),
  },
  {
    id: "ktap",
    ending: ".ktap",
    signature: KTAP_SIGNATURE,
    render: ({ hosts }) => renderKtap(hosts),
  },
  {
    id: "junit",
    ending: ".junit.xml",
    signature: JUNIT_SIGNATURE,
    render: ({ hosts }) => renderJunit(hosts),
  },
];

/** The format of that name; `undefined` when there is none. */
export function formatNamed(id: string): ReportFormat | undefined {
  return formats.find((format) => format.id === id);
}

/** The format that a file's name asks for; `undefined` when it asks for none. */
export function formatOf(file: string): ReportFormat | undefined {
  const name = file.toLowerCase();
  return formats.find(({ ending }) => name.endsWith(ending));
}
