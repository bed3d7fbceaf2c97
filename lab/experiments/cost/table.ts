import { formatCpuList } from "../../text/cpu_list.ts";
import type { CostResult, Run } from "../run/run_schema.ts";
import { logCells } from "../../statistics/log_cells.ts";
import { costNotes } from "./cost_notes.ts";
import { emulatedStamp } from "../run/emulated.ts";
import { printable } from "../../text/printable.ts";
import { spark } from "../../text/spark.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../../text/style.ts";
import { type Column, renderTable } from "../../document/table.ts";
import { formatCount, formatNs, formatShare } from "../../text/units.ts";

/** As wide as the title of the column. */
const CELLS = 11;

/** The share of dropped samples from which a row deserves a second look. */
const MANY_DROPPED = 0.1;

/**
 * The cost results of a run: one table for each number and place of callers and siblings, with the
 * interrupts per operation beside every time.
 *
 * @returns "" if the run has no results of available techniques.
 */
export function renderCost(run: Run, options: RenderOptions): string {
  const groups = new Map<string, CostResult[]>();
  for (const result of run.results) {
    if (result.experiment !== "cost" || !result.available) continue;
    const heading = headingOf(result);
    const group = groups.get(heading);
    if (group === undefined) groups.set(heading, [result]);
    else group.push(result);
  }
  const tables = [...groups].map(([heading, results]) => {
    const parts = [...emulatedStamp(run, options), paint(printable(heading), "strong", options)];
    parts.push(renderTable(columnsFor(options), results, options));
    return parts.concat(costNotes(results, options)).join("\n");
  });
  return tables.join("\n\n");
}

/** Techniques that could not be used, each with its reason; "" if there are none. */
export function renderUnavailable(run: Run, options: RenderOptions): string {
  // A technique is missing from every table of a run, but its reason is worth one line.
  const reasons = new Set<string>();
  for (const result of run.results) {
    if (result.experiment !== "cost" || result.available) continue;
    const { technique, reason, errno } = result;
    const code = errno === null ? "" : ` (${errno})`;
    reasons.add(`${technique}: ${reason ?? "no reason given"}${code}`);
  }
  if (reasons.size === 0) return "";
  const lines = [...reasons].map((line) => `  ${wrap(printable(line), options.width, 4)}`);
  return [paint("Not available here", "strong", options), ...lines].join("\n");
}

function headingOf(result: CostResult): string {
  const callers = `${formatCount(result.callers, "caller")}${onCpus(result.callerCpus)}`;
  const siblings = `${formatCount(result.siblings, "sibling")}${onCpus(result.siblingCpus)}`;
  const place = result.placement === "none" ? "" : `, ${result.placement}`;
  return `Cost of one operation: ${callers}, ${siblings}${place}`;
}

function onCpus(cpus: number[]): string {
  if (cpus.length === 0) return "";
  return ` on CPU${cpus.length === 1 ? "" : "s"} ${formatCpuList(cpus)}`;
}

/** On a narrow page the 90th percentile goes first, then the greatest time, then the shape. */
function columnsFor(options: RenderOptions): Column<CostResult>[] {
  const time = (key: "p50" | "p90" | "p99" | "max", dispensable = 0): Column<CostResult> => ({
    title: key,
    right: true,
    text: (row) => row.ns === null ? "-" : formatNs(row.ns[key], options),
    dispensable,
  });
  return [
    { title: "technique", text: (row) => nameOf(row, options) },
    time("p50"),
    time("p90", 3),
    time("p99"),
    time("max", 2),
    { title: "kept", right: true, text: (row) => String(row.count) },
    { title: "dropped", right: true, text: (row) => formatShare(dropped(row)), tone: dropTone },
    { title: "IPIs/op", right: true, text: interruptsOf },
    { title: "shape (log)", text: (row) => shapeOf(row, options), dispensable: 1 },
  ];
}

function nameOf(row: CostResult, options: RenderOptions): string {
  const times = options.unicode === false ? "x" : "×";
  return row.opsPerSample === 1 ? row.technique : `${row.technique} ${times}${row.opsPerSample}`;
}

function dropped(row: CostResult): number {
  const taken = row.count + row.dropped;
  return taken === 0 ? 0 : row.dropped / taken;
}

function dropTone(row: CostResult): Tone {
  if (row.count === 0) return "bad";
  return dropped(row) >= MANY_DROPPED ? "doubtful" : "plain";
}

function interruptsOf(row: CostResult): string {
  return row.ipisPerOp === null ? "n/a" : row.ipisPerOp.value.toFixed(2);
}

/**
 * The shape of a technique's times on an axis of its own: where two modes lie side by side shows
 * there, while on an axis for the whole table most techniques would be a single cell.
 */
function shapeOf(row: CostResult, options: RenderOptions): string {
  if (row.histogram === null || row.ns === null) return "";
  const low = Math.max(1, row.ns.min * 1000);
  const axis = { low, high: Math.max(low, row.ns.p999 * 1000) };
  return spark(logCells(row.histogram, axis, CELLS), options);
}
