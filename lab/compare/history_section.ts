/** What people read of a host's history: its kernels, what each change did, each technique's way. */

import {
  type Block,
  type CellColumn,
  group,
  list,
  only,
  paragraph,
  type Section,
  tableOf,
  type Text,
} from "../document/blocks.ts";
import { crewOf, time } from "../experiments/run/words.ts";
import { spark } from "../text/spark.ts";
import { formatCount } from "../text/units.ts";
import type { CostComparison } from "../experiments/cost/cost_comparison.ts";
import type { Estimate } from "../judgement/judgement.ts";
import type { History, HistoryPoint, HistorySeries, KernelChange } from "./history.ts";
import { isChange, OF_THESE_RUNS } from "../judgement/judge.ts";
import { formatEstimate, TONES } from "./words.ts";

/** Cells of the curve of medians over time. */
const CELLS = 24;

/** The history; with one technique, or all asked for, every run has a line of its own. */
export function historySection(history: History): Section {
  const { hosts, changes, machines, series } = history;
  const single = new Set(series.map(({ technique }) => technique)).size === 1;
  const points = series.map((one) => pointsTable(history, one));
  return {
    id: "history",
    title: `History of ${hosts.join(", ")}`,
    blocks: [
      group(`History of ${hosts.join(", ")}`, summary(history)),
      ...changes.map((change, at) => changeBlock(history, change, at)),
      ...machines.flatMap((_, machine) => seriesTable(history, machine)),
      ...single ? points : points.map((table) => only(["page", "full"], table)),
    ],
  };
}

function summary(history: History): Block[] {
  const { runs, changes, series, timeBarriers } = history;
  const [first, last] = [runs[0]!, runs.at(-1)!];
  return [
    paragraph(
      `${formatCount(runs.length, "run")} from ${first.startedAt} to ${last.startedAt}, ` +
        `Linux ${last.kernel} last, ${formatCount(changes.length, "change")} of the kernel`,
    ),
    ...machinesOf(history),
    ...timeBarriers.map((why) => paragraph(`times are not compared: ${why}`, "bad")),
    ...series.length === 0 ? [paragraph("no run of it measured cost")] : [],
  ];
}

/** Names the machines where there are several; one needs no words. */
function machinesOf({ machines }: History): Block[] {
  if (machines.length === 1) return [];
  return [
    paragraph(
      `${machines.length} different machines bear this name: each has its own series, and none is ` +
        "compared with another",
      "bad",
    ),
    list(machines.map(({ label, runs }) => `${label}: ${formatCount(runs.length, "run")}`)),
  ];
}

/** " on p9 (…)" where the history has several machines. */
function onMachine({ machines }: History, machine: number): string {
  return machines.length === 1 ? "" : ` on ${machines[machine]!.label}`;
}

function changeBlock(
  history: History,
  { machine, before, after, environment, timeBarriers }: KernelChange,
  at: number,
): Block {
  const { series, timeBarriers: always } = history;
  const steps = series.flatMap((one) => one.steps.filter((step) => step.change === at))
    .map(({ comparison }) => comparison);
  const told = steps.filter((row) =>
    row.interruptsChanged || row.quantiles.some(({ verdict }) => isChange(verdict))
  );
  const others = environment.map(({ name }) => name).filter((name) => !name.startsWith("kernel"));
  const barriers = timeBarriers.filter((why) => !always.includes(why));
  const points: Text[] = [
    ...barriers.map((why): Text => ({ text: `times are not compared: ${why}`, tone: "bad" })),
    ...others.length === 0
      ? []
      : [{ text: `also differs: ${others.join(", ")}`, tone: "doubtful" as const }],
    ...told.map((row): Text => ({
      text: `${row.technique}, ${crewOf(row)}: ${row.words}`,
      tone: row.interruptsChanged ? "bad" : TONES[row.verdict],
    })),
    summaryOf(steps, before.runs.length + after.runs.length === 2),
  ];
  const title = `Linux ${before.kernel} (${formatCount(before.runs.length, "run")}) to ` +
    `${after.kernel} (${formatCount(after.runs.length, "run")}), ` +
    `first ${after.runs[0]!.startedAt}${onMachine(history, machine)}`;
  return group(title, [list(points)]);
}

function summaryOf(steps: readonly CostComparison[], onceEach: boolean): string {
  if (steps.length === 0) return "no technique was measured on both sides";
  const counts = [...Map.groupBy(steps, ({ verdict }) => verdict)]
    .map(([verdict, rows]) => `${rows.length} ${verdict.replace("-", " ")}`);
  const hasty = onceEach && steps.some(({ verdict }) => isChange(verdict));
  return `by the median: ${counts.join(", ")}${hasty ? `: ${OF_THESE_RUNS}` : ""}`;
}

function seriesTable(history: History, machine: number): Block[] {
  const series = history.series.filter((one) => one.machine === machine);
  return series.length === 0
    ? []
    : [tableOf(`Techniques over time${onMachine(history, machine)}`, series, SERIES)];
}

const SERIES: readonly CellColumn<HistorySeries>[] = [
  { title: "technique", cell: ({ technique }) => technique },
  { title: "crew", cell: crewOf },
  { title: "runs", right: true, cell: ({ points }) => String(points.length) },
  { title: "first p50", right: true, cell: (row) => time(medians(row)[0]), dispensable: 1 },
  { title: "last p50", right: true, cell: (row) => time(medians(row).at(-1)) },
  { title: "least", right: true, cell: (row) => extreme(row, Math.min), dispensable: 2 },
  { title: "greatest", right: true, cell: (row) => extreme(row, Math.max), dispensable: 2 },
  { title: "p50 over time", cell: curve, dispensable: 3 },
  // The verdict of each change, in their order
  {
    title: "at kernels",
    cell: ({ steps }) =>
      steps.map(({ comparison }) => comparison.verdict.replace("-", " ")).join(", "),
  },
];

function medians({ points }: HistorySeries): number[] {
  return points.flatMap(({ p50 }) => p50 === null ? [] : [p50.value]);
}

function extreme(row: HistorySeries, of: (...values: number[]) => number): string {
  const values = medians(row);
  return time(values.length === 0 ? null : of(...values));
}

/** The medians from the first run to the last, averaged where there are more than cells. */
function curve(row: HistorySeries): string {
  const values = medians(row);
  const cells = Math.min(CELLS, values.length);
  const averages = Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor(cell * values.length / cells);
    const part = values.slice(from, Math.floor((cell + 1) * values.length / cells));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  return spark(averages);
}

function pointsTable(history: History, series: HistorySeries): Block {
  const estimate = (
    title: string,
    of: (point: HistoryPoint) => Estimate | null,
  ): CellColumn<HistoryPoint> => ({
    title,
    right: true,
    cell: (point) => formatEstimate(of(point)),
  });
  const title = `${series.technique}, ${crewOf(series)}${onMachine(history, series.machine)}`;
  return tableOf(title, series.points, [
    { title: "run", cell: ({ run }) => run },
    { title: "kernel", cell: ({ kernel }) => kernel, dispensable: 1 },
    estimate("p50 (95 %)", ({ p50 }) => p50),
    estimate("p99 (95 %)", ({ p99 }) => p99),
    { title: "IPIs/op", right: true, cell: ({ ipisPerOp }) => ipisPerOp?.toFixed(2) ?? "n/a" },
  ]);
}
