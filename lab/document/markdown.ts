/** The report as Markdown, for places that render it and for reading as text. */

import { printable } from "../text/printable.ts";
import type { Block, Inline, ReportDocument, ReportTable, Text } from "./blocks.ts";
import { isFor, piecesOf, tableFor } from "./blocks.ts";

/** By which a file is known to be a report in Markdown. */
export const MARKDOWN_SIGNATURE = "<!-- fencelab.report/1 -->";

/** Renders the document; charts are their tables. */
export function renderMarkdown(report: ReportDocument): string {
  const parts = [
    MARKDOWN_SIGNATURE,
    `# ${escaped(report.title)}`,
    escaped(report.subtitle),
    ...report.sections.flatMap(({ title, blocks }) => [
      `## ${escaped(title)}`,
      ...blocks.flatMap((block) => render(block, 3)),
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function render(block: Block, level: number): string[] {
  if (!isFor("page", block)) return [];
  switch (block.kind) {
    case "paragraph":
      return [inline(block.text)];
    case "terms":
      return [
        block.terms.map(({ term, meaning }) => `- **${escaped(term)}**: ${escaped(meaning)}`).join(
          "\n",
        ),
      ];
    case "list":
      return [
        block.points.map((point, at) => `${block.ordered ? `${at + 1}.` : "-"} ${inline(point)}`)
          .join("\n"),
      ];
    case "command":
      return [fenced(block.command)];
    case "table":
      return [table(block)];
    case "chart":
      return [table(block.table)];
    case "group":
      return [
        `${"#".repeat(level)} ${escaped(block.title)}`,
        ...block.blocks.flatMap((one) => render(one, level + 1)),
      ];
  }
}

function table(all: ReportTable): string {
  const { caption, emulated, columns, rows } = tableFor("page", all);
  const stamp = emulated ? " (emulated: semantics only, times mean nothing)" : "";
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `**${escaped(caption)}**${stamp}`,
    "",
    line(columns.map(({ title }) => escaped(title))),
    line(columns.map(({ right }) => right ? "---:" : "---")),
    ...rows.map((cells) => line(cells.map(inline))),
  ].join("\n");
}

function inline(text: Text): string {
  return piecesOf(text).map(piece).join("");
}

function piece(part: Inline): string {
  if (typeof part === "string") return escaped(part);
  if ("line" in part) return "; ";
  if ("code" in part) return code(part.code);
  if ("to" in part || part.text === "") return escaped(part.text);
  return part.tone === "strong" || part.tone === "bad"
    ? `**${escaped(part.text)}**`
    : escaped(part.text);
}

/** What Markdown and the HTML in it would take for more than text. */
function escaped(text: string): string {
  return printable(text).replaceAll(/[\\`*_{}[\]<>#|~$&]/g, "\\$&")
    .replace(/^\s*[-+=]/, "\\$&").replace(/^(\s*\d+)([.)])(?=\s|$)/, "$1\\$2")
    // Renderers make links of what looks like an address
    .replaceAll(/(https?|ftp):\/\//gi, "$1:\\//").replaceAll(/\bwww\./gi, "www\\.");
}

/** A span of code that no backtick of its content ends; a bar would end the cell. */
function code(text: string): string {
  const content = printable(text).replaceAll("|", "\\|");
  const ticks = "`".repeat(longestTicks(content) + 1);
  const space = /^`|`$/.test(content) ? " " : "";
  return `${ticks}${space}${content}${space}${ticks}`;
}

function fenced(text: string): string {
  const content = printable(text);
  const fence = "`".repeat(Math.max(3, longestTicks(content) + 1));
  return `${fence}sh\n${content}\n${fence}`;
}

function longestTicks(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
}
