/** Curves of both sides of a comparison over one another. */

import { costSeries, type MeasuredCost } from "../../lab/experiments/cost/compare.ts";
import { type Chart, group, paragraph, type Section, tableOf } from "../../lab/document/blocks.ts";
import { chartOf } from "../../lab/experiments/cost/latency_chart.ts";
import { crewOf, time } from "../../lab/experiments/run/words.ts";
import type { Run } from "../../lab/experiments/run/run_schema.ts";

/** Runs of a side whose curves are drawn; more lines could not be told apart. */
const MOST_LINES = 4;
/** The colours of the sides. */
const BASE_COLOR = 7;
const WITH_COLOR = 0;

/**
 * A chart for each technique that both sides measured, the crew with most siblings first.
 *
 * @param left Runs whose times may be compared with those of `right`.
 */
export function curvesSection(left: readonly Run[], right: readonly Run[]): Section | null {
  const others = costSeries(right);
  const pairs = [...costSeries(left)].flatMap(([key, base]) => {
    const against = others.get(key);
    const pair = { base: filled(base), against: filled(against ?? []) };
    return pair.base.length === 0 || pair.against.length === 0 ? [] : [pair];
  });
  if (pairs.length === 0) return null;
  const crews = [...Map.groupBy(pairs, ({ base }) => crewOf(base[0]!.result))]
    .toSorted(([, [one]], [, [other]]) => siblings(other!.base) - siblings(one!.base));
  return {
    id: "curves",
    title: "Curves",
    blocks: [
      paragraph(
        "Latency over percentiles, as 1/(1-p): left dashed and grey, right blue. " +
          `Of each side the ${MOST_LINES} newest runs are drawn.`,
      ),
      ...crews.map(([crew, members], at) =>
        group(crew, members.map(({ base, against }) => curves(base, against)), at > 0)
      ),
    ],
  };
}

function siblings(measured: readonly MeasuredCost[]): number {
  return measured[0]!.result.siblings;
}

/** The newest with samples. */
function filled(measured: readonly MeasuredCost[]): MeasuredCost[] {
  return measured.filter(({ result }) => result.available && result.count > 0)
    .toSorted((one, other) => one.run.startedAt < other.run.startedAt ? 1 : -1)
    .slice(0, MOST_LINES);
}

function curves(base: readonly MeasuredCost[], against: readonly MeasuredCost[]): Chart {
  const lines = [...base, ...against];
  const { technique } = lines[0]!.result;
  const title = `${technique}: ${crewOf(lines[0]!.result)}`;
  const table = tableOf(title, lines, [
    { title: "run", cell: ({ run }) => run.id },
    { title: "side", cell: (line) => base.includes(line) ? "left" : "right" },
    { title: "p50", right: true, cell: ({ result }) => time(result.ns?.p50) },
    { title: "p99", right: true, cell: ({ result }) => time(result.ns?.p99) },
    { title: "p99.9", right: true, cell: ({ result }) => time(result.ns?.p999) },
    { title: "kept", right: true, cell: ({ result }) => String(result.count) },
  ]);
  const chart = chartOf(title, lines.map(({ result }) => result), table, false);
  return {
    ...chart,
    series: chart.series.map((line, at) => ({
      ...line,
      name: `${at < base.length ? "left" : "right"} ${lines[at]!.run.id}`,
      color: at < base.length ? BASE_COLOR : WITH_COLOR,
      dashed: at < base.length,
    })),
  };
}
