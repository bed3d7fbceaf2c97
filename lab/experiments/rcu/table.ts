import { formatCpuList } from "../../text/cpu_list.ts";
import { COMMIT_SECONDS, commitRatio, commitRows } from "./commit_2015.ts";
import { staleFlavours } from "./stale.ts";
import type { Run } from "../run/run_schema.ts";
import type { RcuResult } from "./rcu_schema.ts";
import { emulatedStamp } from "../run/emulated.ts";
import { printable } from "../../text/printable.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../../text/style.ts";
import { type Column, renderTable } from "../../document/table.ts";
import { formatCount, formatNs, formatSeconds } from "../../text/units.ts";

/**
 * The rcu results of a run: the kernel commit's table with its figures beside today's, what reading
 * and writing cost, and whether readers held freed objects.
 *
 * @returns "" if the run has none.
 */
export function renderRcu(run: Run, options: RenderOptions): string {
  const groups = new Map<string, RcuResult[]>();
  for (const result of run.results) {
    if (result.experiment !== "rcu" || !result.available) continue;
    const key = `${result.mode} ${threadsOf(result)}`;
    groups.set(key, [...groups.get(key) ?? [], result]);
  }
  const blocks = [...groups.values()].flatMap((rows) => {
    const stamped = (block: string): string => [...emulatedStamp(run, options), block].join("\n");
    return rows[0]!.mode === "torture"
      ? [stamped(renderTorture(rows, options))]
      : [stamped(renderOperations(rows, options)), stamped(renderTimes(rows, options))];
  });
  return [...blocks, ...renderMissing(run, options)].join("\n\n");
}

/** "6 readers, 2 writers on CPUs 0-1". */
function threadsOf({ readers, writers, readerCpus, writerCpus }: RcuResult): string {
  const read = `${formatCount(readers, "reader")}${onCpus(readerCpus)}`;
  const write = `${formatCount(writers, "writer")}${onCpus(writerCpus)}`;
  return `${read}, ${write}`;
}

function onCpus(cpus: readonly number[]): string {
  if (cpus.length === 0) return "";
  return ` on CPU${cpus.length === 1 ? "" : "s"} ${formatCpuList([...cpus])}`;
}

function renderOperations(rows: readonly RcuResult[], options: RenderOptions): string {
  const [first] = rows;
  const mb = rows.find(({ flavour }) => flavour === "mb");
  const columns: Column<RcuResult>[] = [
    { title: "flavour", text: ({ flavour }) => flavour },
    { title: "reads", right: true, text: ({ reads }) => grouped(reads) },
    { title: "writes", right: true, text: ({ writes }) => grouped(writes) },
    { title: "reads/mb", right: true, text: (row) => ratio(relativeReads(row, mb)) },
    {
      title: "2015: reads",
      right: true,
      text: ({ flavour }) => grouped(commitRows[flavour]?.reads),
      dispensable: 1,
    },
    {
      title: "writes",
      right: true,
      text: ({ flavour }) => grouped(commitRows[flavour]?.writes),
      dispensable: 2,
    },
    { title: "reads/mb", right: true, text: ({ flavour }) => ratio(commitRatio(flavour)) },
  ];
  const seconds = formatSeconds(first!.seconds);
  const heading = `Userspace RCU: operations in ${seconds}, ${threadsOf(first!)}`;
  const note =
    `2015: kernel commit 5b25b13ab08f, ${COMMIT_SECONDS} s, 6 readers and 2 writers on ` +
    "8 cores. Its membarrier waited for grace periods of the kernel, as membarrier-global does: " +
    "compare its 425 writes with that row. Only the ratios compare machines";
  return [
    paint(printable(heading), "strong", options),
    renderTable(columns, rows, options),
    faint(note, options),
  ].join("\n");
}

/** Reads relative to those of mb in the same group, both per second; `null` without mb. */
function relativeReads(row: RcuResult, mb: RcuResult | undefined): number | null {
  if (mb === undefined || mb.reads === 0 || row.seconds === 0) return null;
  return (row.reads / row.seconds) / (mb.reads / mb.seconds);
}

function renderTimes(rows: readonly RcuResult[], options: RenderOptions): string {
  const grace = (key: "p50" | "p90" | "p99"): Column<RcuResult> => ({
    title: key,
    right: true,
    text: (row) => row.gracePeriodNs === null ? "-" : formatNs(row.gracePeriodNs[key], options),
  });
  const columns: Column<RcuResult>[] = [
    { title: "flavour", text: ({ flavour }) => flavour },
    {
      title: "lock+unlock",
      right: true,
      text: ({ readNs }) => readNs === null ? "-" : formatNs(readNs.p50, options),
    },
    {
      title: "writes/s",
      right: true,
      text: ({ writes, seconds }) => grouped(seconds === 0 ? undefined : writes / seconds),
    },
    grace("p50"),
    grace("p90"),
    grace("p99"),
    { title: "heavy fence", text: ({ technique }) => technique, dispensable: 1 },
  ];
  const heading = "Userspace RCU: cost of a section with its load, and of a grace period";
  return [paint(heading, "strong", options), renderTable(columns, rows, options)].join("\n");
}

function renderTorture(rows: readonly RcuResult[], options: RenderOptions): string {
  const columns: Column<RcuResult>[] = [
    { title: "flavour", text: ({ flavour, mutant }) => `${flavour}${mutant ? " (mutant)" : ""}` },
    { title: "stale", right: true, text: ({ stale }) => grouped(stale), tone: staleTone },
    { title: "sections", right: true, text: ({ reads }) => grouped(reads) },
    { title: "grace periods", right: true, text: ({ writes }) => grouped(writes) },
    { title: "time", right: true, text: ({ seconds }) => formatSeconds(seconds) },
  ];
  const heading = `RCU torture: sections whose object was freed meanwhile, ${threadsOf(rows[0]!)}`;
  const notes = staleFlavours([...rows]).map(({ result, promised }) => {
    const what = promised
      ? "readers held freed objects although the order is documented: do not trust this host, or report it"
      : "readers held freed objects: no documentation promises otherwise";
    return `  ${paint(wrap(`${result.flavour}: ${what}`, options.width, 4), "bad", options)}`;
  });
  return [
    paint(printable(heading), "strong", options),
    renderTable(columns, rows, options),
    ...notes,
  ].join("\n");
}

function staleTone({ stale, mutant }: RcuResult): Tone {
  return (stale > 0) === mutant ? "good" : "bad";
}

/** Flavours that could not run, each with its reason. */
function renderMissing(run: Run, options: RenderOptions): string[] {
  const lines = new Set<string>();
  for (const result of run.results) {
    if (result.experiment !== "rcu" || result.available) continue;
    const code = result.errno === null ? "" : ` (${result.errno})`;
    lines.add(`${result.flavour}: ${result.reason ?? "no reason given"}${code}`);
  }
  if (lines.size === 0) return [];
  const heading = paint("RCU flavours that cannot run here", "strong", options);
  return [
    [heading, ...[...lines].map((line) => `  ${wrap(printable(line), options.width, 4)}`)].join(
      "\n",
    ),
  ];
}

function faint(text: string, options: RenderOptions): string {
  return `  ${paint(wrap(printable(text), options.width, 4), "faint", options)}`;
}

/** 9952759104 as "9 952 759 104": such figures are compared by their length. */
function grouped(value: number | undefined): string {
  if (value === undefined) return "-";
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, " ");
}

function ratio(value: number | null): string {
  return value === null ? "-" : value.toFixed(2);
}
