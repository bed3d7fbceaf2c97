/** Sections of the report on the server's pages. */

import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Section } from "../../lab/document/blocks.ts";
import { scriptJson } from "../../lab/document/html/escape.ts";
import { HtmlBlocks, swatch } from "../../lab/document/html/html_blocks.ts";
import { guideAddress } from "../guide/terms.ts";
import type { HistogramChart } from "../runs/histograms.ts";
import { shown } from "./texts.tsx";

/** Renders the sections of one page, and collects what the charts island draws. */
export class PageBlocks {
  readonly #blocks = new HtmlBlocks(guideAddress);
  readonly #histograms: HistogramChart[] = [];

  /** A section with its heading of the second level. */
  section(section: Section): JSX.Element {
    return raw(this.#blocks.section(section));
  }

  /** Histograms with the names of their lines. */
  histograms(charts: readonly HistogramChart[]): JSX.Element {
    return (
      <div class="histograms">
        {charts.map((chart) => (
          <Figure chart={chart} name={histogramName(this.#histograms.push(chart) - 1)} />
        ))}
      </div>
    );
  }

  /** What the island reads; nothing where nothing is drawn. To be called after all sections. */
  data(): JSX.Element | null {
    const charts: Record<string, unknown> = {};
    for (const [at, chart] of this.#blocks.charts.entries()) {
      const { at: places, series } = chart;
      charts[at] = { at: places, series };
    }
    for (const [at, chart] of this.#histograms.entries()) charts[histogramName(at)] = chart;
    if (Object.keys(charts).length === 0) return null;
    return <script type="application/json" id="charts">{raw(scriptJson(charts))}</script>;
  }
}

/** The renderer of sections counts its charts by itself. */
function histogramName(at: number): string {
  return `histogram${at}`;
}

function Figure({ chart, name }: { chart: HistogramChart; name: string }): JSX.Element {
  const { title, emulated, series } = chart;
  return (
    <figure>
      <figcaption>{title + (emulated ? " (emulated: times mean nothing)" : "")}</figcaption>
      <div class="drawing">
        <div
          class="plot"
          data-chart={name}
          role="img"
          aria-label={`Histogram of latency, ${title}`}
        >
        </div>
        <p class="readout faint" aria-hidden="true">Point at the chart to read a bin.</p>
      </div>
      <ol class="legend">
        {series.map(({ name, color, dashed }, at) => (
          <li>{raw(swatch(color, dashed, at + 1))}{shown(name)}</li>
        ))}
      </ol>
    </figure>
  );
}
