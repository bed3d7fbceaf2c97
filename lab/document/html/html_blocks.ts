import type { Block, Chart, Group, Inline, ReportTable, Section, Terms, Text } from "../blocks.ts";
import { isFor, piecesOf, tableFor } from "../blocks.ts";
import { escapeHtml } from "./escape.ts";

/** Colours of lines that report.css has. */
export const LINE_COLORS = 8;

/** Where more is said about a term; null: nowhere. */
export type TermAddress = (term: string) => string | null;

/** Renders blocks, and collects the charts that the script draws afterwards. */
export class HtmlBlocks {
  /** In the order of their places in the page. */
  readonly charts: Chart[] = [];
  readonly #address: TermAddress;
  #tables = 0;

  /** @param address What terms lead to; a report, which stands alone, leaves it out. */
  constructor(address: TermAddress = () => null) {
    this.#address = address;
  }

  /** A section with its heading of the second level. */
  section({ id, title, blocks }: Section): string {
    const name = escapeHtml(id);
    return `<section id="${name}" aria-labelledby="${name}-title">
<h2 id="${name}-title">${escapeHtml(title)}</h2>
${this.#all(blocks, 3)}
</section>`;
  }

  #all(blocks: readonly Block[], level: number): string {
    return blocks.filter((block) => isFor("page", block)).map((block) => this.#block(block, level))
      .join("\n");
  }

  #block(block: Block, level: number): string {
    switch (block.kind) {
      case "paragraph":
        return `<p${toneClass(block.tone)}>${inline(block.text)}</p>`;
      case "terms":
        return termList(block, this.#address);
      case "list": {
        const points = block.points.map((point) => `<li>${inline(point)}</li>`).join("");
        return block.ordered ? `<ol>${points}</ol>` : `<ul>${points}</ul>`;
      }
      case "command":
        return `<pre tabindex="0"><code>${escapeHtml(block.command)}</code></pre>`;
      case "table":
        return this.#table(block);
      case "chart":
        return this.#chart(block);
      case "group":
        return this.#group(block, level);
    }
  }

  #group({ title, folded, blocks }: Group, level: number): string {
    const heading = `<h${level}>${escapeHtml(title)}</h${level}>`;
    const content = this.#all(blocks, level + 1);
    return folded
      ? `<details><summary>${heading}</summary>\n${content}\n</details>`
      : `${heading}\n${content}`;
  }

  #table(all: ReportTable, marks: readonly string[] = []): string {
    const table = tableFor("page", all);
    const id = `t${++this.#tables}`;
    const stamp = table.emulated
      ? ' <strong class="doubtful">Emulated: semantics only, times mean nothing.</strong>'
      : "";
    const head = table.columns.map(({ title, right }) =>
      `<th scope="col"${right ? ' class="figure"' : ""}>${escapeHtml(title)}</th>`
    );
    const rows = table.rows.map((cells, at) => {
      const [first, ...others] = cells;
      const data = others.map((cell, column) =>
        `<td${table.columns[column + 1]!.right ? ' class="figure"' : ""}>${inline(cell)}</td>`
      );
      return `<tr><th scope="row">${marks[at] ?? ""}${inline(first!)}</th>${data.join("")}</tr>`;
    });
    return `<div class="scroll" role="group" aria-labelledby="${id}" tabindex="0"><table>
<caption id="${id}">${escapeHtml(table.caption)}${stamp}</caption>
<thead><tr>${head.join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></div>`;
  }

  #chart(chart: Chart): string {
    const number = this.charts.push(chart) - 1;
    const marks = chart.series.map(({ color, dashed }, at) => swatch(color, dashed, at + 1));
    const label = escapeHtml(
      `Curves of latency over percentiles, ${chart.title}; the table has the figures`,
    );
    const stamp = chart.emulated ? " (emulated: times mean nothing)" : "";
    return `<figure class="chart">
<figcaption>${escapeHtml(chart.title + stamp)}</figcaption>
<div class="drawing">
<div class="plot" data-chart="${number}" role="img" aria-label="${label}"></div>
<p class="readout faint" aria-hidden="true">Point at the chart to read a percentile.</p>
</div>
${this.#table(chart.table, marks)}
</figure>`;
  }
}

/** The line as it is drawn, with the number that stands at its end. */
export function swatch(color: number, dashed: boolean, number: number): string {
  const dashes = dashed ? ' stroke-dasharray="5 3"' : "";
  return `<svg class="swatch" aria-hidden="true" viewBox="0 0 26 10" width="26" height="10">` +
    `<line x1="0" y1="5" x2="26" y2="5" stroke-width="2.5" class="line${color % LINE_COLORS}"` +
    `${dashes}/></svg><span class="number" aria-hidden="true">${number}</span> `;
}

function termList({ terms }: Terms, addressOf: TermAddress): string {
  const items = terms.map(({ term, meaning }) => {
    const address = addressOf(term);
    const name = address === null
      ? escapeHtml(term)
      : `<a href="${escapeHtml(address)}">${escapeHtml(term)}</a>`;
    return `<div><dt>${name}</dt><dd>${escapeHtml(meaning)}</dd></div>`;
  });
  return `<dl>${items.join("")}</dl>`;
}

function inline(text: Text): string {
  return piecesOf(text).map(piece).join("");
}

function piece(part: Inline): string {
  if (typeof part === "string") return escapeHtml(part);
  if ("line" in part) return "<br>";
  if ("code" in part) return `<code>${escapeHtml(part.code)}</code>`;
  if ("to" in part) return `<a href="#${escapeHtml(part.to)}">${escapeHtml(part.text)}</a>`;
  if (part.tone === undefined || part.tone === "plain" || part.text === "") {
    return escapeHtml(part.text);
  }
  const element = part.tone === "strong" || part.tone === "bad" ? "strong" : "span";
  return `<${element} class="${part.tone}">${escapeHtml(part.text)}</${element}>`;
}

function toneClass(tone: string | undefined): string {
  return tone === undefined || tone === "plain" ? "" : ` class="${tone}"`;
}
