import type { CostComparison } from "../experiments/cost/cost_comparison.ts";
import type { Estimate } from "../judgement/judgement.ts";
import type { History, HistoryPoint, HistorySeries, KernelChange } from "./history.ts";
import { isChange, OF_THESE_RUNS } from "../judgement/judge.ts";
import { crewOf, formatEstimate, TONES } from "./cost_table.ts";
import { printable } from "../text/printable.ts";
import { spark } from "../text/spark.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../text/style.ts";
import { type Column, renderTable } from "../document/table.ts";
import { formatCount, formatNs } from "../text/units.ts";

/** Cells of the curve of medians over time. */
const CELLS = 24;

/**
 * The history of a host: its kernels with what each change did, and each technique's way.
 *
 * With one technique, or `options.all`, every run has a line of its own.
 */
export function renderHistory(history: History, options: RenderOptions): string {
  const techniques = new Set(history.series.map(({ technique }) => technique));
  const detailed = techniques.size === 1 || options.all === true;
  const blocks = [
    heading(history, options),
    ...history.changes.map((change, at) => renderChange(history, change, at, options)),
    ...history.machines.map((_, machine) => renderSeries(history, machine, options)),
    ...detailed ? history.series.map((series) => renderPoints(history, series, options)) : [],
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function heading(history: History, options: RenderOptions): string {
  const { hosts, runs, changes, series, timeBarriers } = history;
  const [first, last] = [runs[0]!, runs.at(-1)!];
  const title = paint(printable(`History of ${hosts.join(", ")}`), "strong", options);
  const span = `${formatCount(runs.length, "run")} from ${first.startedAt} to ${last.startedAt}, ` +
    `Linux ${last.kernel} last, ${formatCount(changes.length, "change")} of the kernel`;
  const none = series.length === 0 ? ["  no run of it measured cost"] : [];
  const doubts = timeBarriers.map((why) =>
    `  ${
      paint(wrap(printable(`times are not compared: ${why}`), options.width, 4), "bad", options)
    }`
  );
  return [
    title,
    `  ${wrap(printable(span), options.width, 2)}`,
    ...machinesOf(history, options),
    ...doubts,
    ...none,
  ].join("\n");
}

/** Names the machines where there are several; one needs no words. */
function machinesOf({ machines }: History, options: RenderOptions): string[] {
  if (machines.length === 1) return [];
  const line = (text: string, indent: number, tone: Tone): string =>
    " ".repeat(indent) + paint(wrap(printable(text), options.width, indent + 2), tone, options);
  return [
    line(
      `${machines.length} different machines bear this name: each has its own series, and none is ` +
        "compared with another",
      2,
      "bad",
    ),
    ...machines.map(({ label, runs }) =>
      line(`${label}: ${formatCount(runs.length, "run")}`, 4, "plain")
    ),
  ];
}

/** " on p9 (…)" where the history has several machines. */
function onMachine({ machines }: History, machine: number): string {
  return machines.length === 1 ? "" : ` on ${machines[machine]!.label}`;
}

function renderChange(
  history: History,
  { machine, before, after, environment, timeBarriers }: KernelChange,
  at: number,
  options: RenderOptions,
): string {
  const { series, timeBarriers: always } = history;
  const steps = series.flatMap((one) => one.steps.filter((step) => step.change === at));
  const line = (text: string, tone: Tone): string =>
    `  ${paint(wrap(printable(text), options.width, 4), tone, options)}`;
  const told = steps.map(({ comparison }) => comparison).filter((row) =>
    row.interruptsChanged ||
    row.quantiles.some(({ verdict }) => isChange(verdict))
  );
  const others = environment.map(({ name }) => name).filter((name) => !name.startsWith("kernel"));
  const onceEach = before.runs.length + after.runs.length === 2;
  const title = `Linux ${before.kernel} (${formatCount(before.runs.length, "run")}) to ` +
    `${after.kernel} (${formatCount(after.runs.length, "run")}), first ${
      after.runs[0]!.startedAt
    }` +
    onMachine(history, machine);
  return [
    paint(printable(title), "strong", options),
    ...timeBarriers.filter((why) => !always.includes(why)).map((why) =>
      line(`times are not compared: ${why}`, "bad")
    ),
    ...others.length === 0 ? [] : [line(`also differs: ${others.join(", ")}`, "doubtful")],
    ...told.map((row) =>
      line(
        `${row.technique}, ${crewOf(row)}: ${row.words}`,
        row.interruptsChanged ? "bad" : TONES[row.verdict],
      )
    ),
    line(summaryOf(steps.map(({ comparison }) => comparison), onceEach), "plain"),
  ].join("\n");
}

function summaryOf(steps: readonly CostComparison[], onceEach: boolean): string {
  if (steps.length === 0) return "no technique was measured on both sides";
  const counts = new Map<string, number>();
  for (const { verdict } of steps) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const parts = [...counts].map(([verdict, count]) => `${count} ${verdict.replace("-", " ")}`);
  const hasty = onceEach && steps.some(({ verdict }) => isChange(verdict));
  return `by the median: ${parts.join(", ")}${hasty ? `: ${OF_THESE_RUNS}` : ""}`;
}

function renderSeries(history: History, machine: number, options: RenderOptions): string {
  const series = history.series.filter((one) => one.machine === machine);
  if (series.length === 0) return "";
  const at = (title: string, pick: (row: HistorySeries) => number | undefined, narrow = 0) => ({
    title,
    right: true,
    text: (row: HistorySeries): string => {
      const value = pick(row);
      return value === undefined ? "-" : formatNs(value, options);
    },
    dispensable: narrow,
  });
  const columns: Column<HistorySeries>[] = [
    { title: "technique", text: ({ technique }) => technique },
    { title: "crew", text: crewOf },
    { title: "runs", right: true, text: ({ points }) => String(points.length) },
    at("first p50", (row) => medians(row)[0], 1),
    at("last p50", (row) => medians(row).at(-1)),
    at("least", (row) => leastAndGreatest(row)?.[0], 2),
    at("greatest", (row) => leastAndGreatest(row)?.[1], 2),
    { title: "p50 over time", text: (row) => curve(row, options), dispensable: 3 },
    { title: "at kernels", text: stepsOf },
  ];
  const title = printable(`Techniques over time${onMachine(history, machine)}`);
  return [paint(title, "strong", options), renderTable(columns, series, options)].join("\n");
}

function medians({ points }: HistorySeries): number[] {
  return points.flatMap(({ p50 }) => p50 === null ? [] : [p50.value]);
}

function leastAndGreatest(row: HistorySeries): [number, number] | undefined {
  const values = medians(row);
  return values.length === 0 ? undefined : [Math.min(...values), Math.max(...values)];
}

/** The medians from the first run to the last, averaged where there are more than cells. */
function curve(row: HistorySeries, options: RenderOptions): string {
  const values = medians(row);
  const cells = Math.min(CELLS, values.length);
  const averages = Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor(cell * values.length / cells);
    const part = values.slice(from, Math.floor((cell + 1) * values.length / cells));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  return spark(averages, options);
}

/** The verdict of each change, in their order. */
function stepsOf({ steps }: HistorySeries): string {
  return steps.map(({ comparison }) => comparison.verdict.replace("-", " ")).join(", ");
}

function renderPoints(history: History, series: HistorySeries, options: RenderOptions): string {
  const time = (title: string, pick: (point: HistoryPoint) => Estimate | null) => ({
    title,
    right: true,
    text: (point: HistoryPoint): string => formatEstimate(pick(point), options),
  });
  const columns: Column<HistoryPoint>[] = [
    { title: "run", text: ({ run }) => run },
    { title: "kernel", text: ({ kernel }) => kernel, dispensable: 1 },
    time("p50 (95 %)", ({ p50 }) => p50),
    time("p99 (95 %)", ({ p99 }) => p99),
    {
      title: "IPIs/op",
      right: true,
      text: ({ ipisPerOp }) => ipisPerOp?.toFixed(2) ?? "n/a",
    },
  ];
  const title = printable(
    `${series.technique}, ${crewOf(series)}${onMachine(history, series.machine)}`,
  );
  return `${paint(title, "strong", options)}\n${renderTable(columns, series.points, options)}`;
}
