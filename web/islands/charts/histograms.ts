/// <reference lib="dom" />
import {
  axisOf,
  decadesAround,
  type Drawing,
  type DrawnChart,
  time,
} from "../../../lab/document/html/charts.js";

/** A chart of the server's web/runs/histograms.ts. */
export interface HistogramChart extends DrawnChart {
  readonly kind: "histogram";
  /** Where each bin begins, nanoseconds; the last is where the last bin ends. */
  readonly edges: readonly number[];
  /** Samples in each bin by line, as shares of the line's samples. */
  readonly shares: readonly (readonly number[])[];
}

/** A part of uPlot's class. */
interface Paths {
  readonly paths: { stepped(options: { align: 1 }): unknown };
}

/** How distributions of latency are drawn: outlines over time, both axes logarithmic. */
export function histograms(chart: HistogramChart, UPlot: Paths): Drawing {
  const { edges, shares } = chart;
  const [floor, top] = decadesAround(shares.flat().filter((share) => share > 0));
  const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
  return {
    x: [edges[0]!, edges.at(-1)!],
    y: [floor, top],
    axes: [axisOf("time of one operation", 44, time), axisOf("share of samples", 62, percent)],
    line: { paths: UPlot.paths.stepped({ align: 1 }), width: 1.5 },
    data: [edges, ...shares.map((line) => outline(line, floor))],
    markAt: (line) => line.indexOf(line.reduce((most, one) => Math.max(most ?? 0, one ?? 0), null)),
    said: (at) => {
      const known = shares.flatMap((line, number) =>
        (line[at] ?? 0) === 0 ? [] : [`${number + 1} ${percent(line[at]!)}`]
      );
      const end = edges[at + 1];
      const range = end === undefined ? time(edges[at]!) : `${time(edges[at]!)} to ${time(end)}`;
      return `${range}: ${known.join(" · ") || "no sample"}`;
    },
  };
}

/** Empty bins inside reach the floor, so that the outline closes; nothing is drawn outside. */
function outline(shares: readonly number[], floor: number): (number | null)[] {
  const first = shares.findIndex((share) => share > 0);
  const last = shares.findLastIndex((share) => share > 0);
  return [...shares, 0].map((share, at) => {
    if (first < 0 || at < first - 1 || at > last + 1) return null;
    return share > 0 ? share : floor;
  });
}
