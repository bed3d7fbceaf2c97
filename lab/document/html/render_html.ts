/** The report as one HTML file that needs nothing else. */

import { createHash } from "node:crypto";
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import uplotScript from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import type { Chart, ReportDocument } from "../blocks.ts";
import blocksStyle from "./blocks.css" with { type: "text" };
import chartScript from "./charts.js" with { type: "text" };
import { escapeHtml, scriptJson } from "./escape.ts";
import { HtmlBlocks } from "./html_blocks.ts";
import ownStyle from "./report.css" with { type: "text" };
import theme from "./theme.css" with { type: "text" };

/** By which a file is known to be a report in HTML. */
export const HTML_SIGNATURE = '<meta name="generator" content="fencelab.report/1">';

/** The charts' module, and its beginning: uPlot is a global there. */
const DRAW = `${chartScript}
drawCharts(uPlot, JSON.parse(document.getElementById("charts").textContent));
`;

/**
 * Renders the document.
 *
 * The policy in its head allows the script and the style that are in it by their hashes and nothing
 * else, so that a text of a run that got through as markup could still not do anything.
 */
export function renderHtml(report: ReportDocument): string {
  const blocks = new HtmlBlocks();
  const sections = report.sections.map((section) => blocks.section(section)).join("\n");
  const style = [uplotStyle, theme, ownStyle, blocksStyle].join("\n");
  const scripts = blocks.charts.length === 0 ? [] : [uplotScript, DRAW];
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${scripts.map(hashOf).join(" ") || "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const links = report.sections.map(({ id, title }) =>
    `<li><a href="#${escapeHtml(id)}">${escapeHtml(title)}</a></li>`
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
${HTML_SIGNATURE}
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(report.title)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<h1>${escapeHtml(report.title)}</h1>
<p>${escapeHtml(report.subtitle)}</p>
</header>
<nav aria-label="Sections"><ol>${links.join("")}</ol></nav>
<main id="main">
${sections}
</main>
${dataOf(blocks.charts)}${scripts.map(scriptElement).join("\n")}
</body>
</html>
`;
}

function dataOf(charts: readonly Chart[]): string {
  if (charts.length === 0) return "";
  const data = charts.map(({ at, series, emulated }) => ({ at, series, emulated }));
  return `<script type="application/json" id="charts">${scriptJson(data)}</script>\n`;
}

function scriptElement(script: string): string {
  return `<script${script === DRAW ? ' type="module"' : ""}>${script}</script>`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
