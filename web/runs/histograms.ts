/** Distributions of cost as charts: bins of equal width on a logarithmic axis. */

import type { CostResult } from "../../lab/experiments/run/run_schema.ts";
import type { Histogram } from "../../lab/format/histogram_schema.ts";
import { families, linesOf } from "../../lab/experiments/cost/latency_chart.ts";
import { familyOf } from "../../lab/format/techniques.ts";
import { crewOf } from "../../lab/experiments/run/words.ts";
import { bucketMidpoint, sampleCount } from "../../lab/statistics/histogram.ts";

/** Bins of each power of ten. */
const BINS = 20;

/** What the charts island draws. */
export interface HistogramChart {
  readonly kind: "histogram";
  readonly title: string;
  readonly emulated: boolean;
  /** Where each bin begins, nanoseconds; the last is where the last bin ends. */
  readonly edges: readonly number[];
  /** Samples in each bin by line, as shares of the line's samples. */
  readonly shares: readonly (readonly number[])[];
  readonly series: readonly { name: string; color: number; dashed: boolean }[];
}

/** A chart for each family of techniques in the crew with the most siblings. */
export function histogramCharts(
  results: readonly CostResult[],
  emulated: boolean,
): HistogramChart[] {
  const filled = results.filter(({ available, histogram }) =>
    available && histogram !== null && sampleCount(histogram) > 0
  );
  const [widest] = filled.toSorted((left, right) =>
    left.callers - right.callers || right.siblings - left.siblings
  );
  if (widest === undefined) return [];
  const crew = crewOf(widest);
  const rows = filled.filter((row) => crewOf(row) === crew);
  return families.flatMap(({ title, family }) => {
    const members = rows.filter(({ technique }) => familyOf(technique) === family);
    return members.length === 0 ? [] : [chartOf(`${title}: ${crew}`, members, emulated)];
  });
}

function chartOf(title: string, rows: readonly CostResult[], emulated: boolean): HistogramChart {
  const binned = rows.map(({ histogram }) => bins(histogram!));
  const all = binned.flatMap((line) => [...line.keys()]);
  const [first, last] = [Math.min(...all), Math.max(...all)];
  const places = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return {
    kind: "histogram",
    title,
    emulated,
    edges: [...places, last + 1].map((place) => Number((10 ** (place / BINS)).toPrecision(5))),
    shares: binned.map((line) => places.map((place) => line.get(place) ?? 0)),
    series: linesOf(rows),
  };
}

/** The share of the samples in each bin. */
function bins({ index, count, precisionBits }: Histogram): Map<number, number> {
  const total = count.reduce((sum, one) => sum + one, 0);
  const shares = new Map<number, number>();
  for (const [at, bucket] of index.entries()) {
    // Nothing is measured in less than a picosecond
    const ns = Math.max(1, bucketMidpoint(bucket, precisionBits)) / 1000;
    const bin = Math.floor(Math.log10(ns) * BINS);
    shares.set(bin, (shares.get(bin) ?? 0) + count[at]! / total);
  }
  return shares;
}
