/** Curves of latency over percentiles, out of histograms. */

import { type Family, findTechnique } from "../../format/techniques.ts";
import type { Histogram } from "../../format/histogram_schema.ts";
import type { CostResult } from "./cost_schema.ts";
import { bucketMidpoint, sampleCount } from "../../statistics/histogram.ts";
import type { Chart, ReportTable } from "../../document/blocks.ts";

/** The first and last steps of the axis, in words. */
export const AXIS_ENDS = "p0 to p90, from p90 to p99, and from p99 to p99.9";

/** Places on the axis in each power of ten. */
const PLACES = 16;

/** Techniques that are drawn together. */
export const families: readonly { readonly family: Family; readonly title: string }[] = [
  { family: "membarrier", title: "membarrier(2)" },
  { family: "mappings", title: "Tricks with mappings" },
  { family: "other", title: "Others and controls" },
];

/** A line of a chart by its technique: the control of one alone has its colour, and is dashed. */
export function linesOf(
  rows: readonly CostResult[],
): { name: string; color: number; dashed: boolean }[] {
  const shown = rows.map(({ technique }) => findTechnique(technique)?.controlOf ?? technique);
  const colors = [...new Set(shown)];
  return rows.map(({ technique }, at) => ({
    name: technique,
    color: colors.indexOf(shown[at]!),
    dashed: shown[at] !== technique,
  }));
}

/** Draws the distributions of some results beside one another. */
export function chartOf(
  title: string,
  rows: readonly CostResult[],
  table: ReportTable,
  emulated: boolean,
): Chart {
  const most = Math.max(10, ...rows.map(({ histogram }) => histogram ? sampleCount(histogram) : 0));
  const at = axis(most);
  const lines = linesOf(rows);
  return {
    kind: "chart",
    title,
    emulated,
    at,
    series: rows.map(({ histogram }, line) => ({
      ...lines[line]!,
      ns: histogram === null ? at.map(() => null) : curve(histogram, at),
    })),
    table,
  };
}

/** 1/(1-p) from 1 to the number of samples, in even steps on a logarithmic axis. */
function axis(most: number): number[] {
  const steps = Math.ceil(Math.log10(most) * PLACES);
  return Array.from({ length: steps + 1 }, (_, step) => 10 ** (step / PLACES))
    .map((place) => Number(place.toPrecision(4)));
}

/** The quantile (nearest rank) at each place, ns; null beyond what the samples can tell. */
function curve(histogram: Histogram, at: readonly number[]): (number | null)[] {
  const samples = sampleCount(histogram);
  let place = 0;
  let seen = histogram.count[0] ?? 0;
  return at.map((x) => {
    if (samples === 0 || x > samples) return null;
    const rank = Math.max(1, Math.ceil((1 - 1 / x) * samples));
    while (seen < rank) seen += histogram.count[++place]!;
    const ns = bucketMidpoint(histogram.index[place]!, histogram.precisionBits) / 1000;
    return ns > 0 ? Number(ns.toPrecision(4)) : null;
  });
}
