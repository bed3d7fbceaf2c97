import type { RunRow } from "../store/run_row.ts";
import { printable } from "../text/printable.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../text/style.ts";
import { type Column, renderTable } from "../document/table.ts";
import { formatCount, formatSeconds } from "../text/units.ts";

const COLUMNS: readonly Column<RunRow>[] = [
  { title: "run", text: (row) => row.id },
  { title: "started", text: (row) => row.startedAt.slice(0, 19).replace("T", " "), dispensable: 2 },
  { title: "host", text: (row) => row.state === "ok" ? row.host : "" },
  { title: "arch", text: (row) => row.state === "ok" ? row.arch : "" },
  { title: "kernel", text: (row) => row.state === "ok" ? row.kernel : "", dispensable: 1 },
  { title: "experiments", text: experimentsOf, tone: toneOf },
  {
    title: "took",
    right: true,
    text: (row) => row.state === "ok" ? formatSeconds(row.seconds) : "",
    dispensable: 3,
  },
  { title: "warnings", right: true, text: warningsOf, tone: toneOf },
];

/** A list of runs, in the order given; damaged ones are explained below the table. */
export function renderRunList(rows: readonly RunRow[], options: RenderOptions): string {
  if (rows.length === 0) return "No runs";
  const damaged = rows.filter((row) => row.state === "damaged");
  const faults = damaged.map((row) =>
    `  ${paint(printable(row.id), "bad", options)}: ${wrap(printable(row.error), options.width, 4)}`
  );
  const count = `  ${formatCount(rows.length, "run")}`;
  const summary = damaged.length === 0 ? count : `${count}, ${damaged.length} damaged`;
  return [renderTable(COLUMNS, rows, options), summary, ...faults].join("\n");
}

function experimentsOf(row: RunRow): string {
  if (row.state === "damaged") return "damaged";
  return row.experiments.join(", ") + (row.emulated ? " (emulated)" : "");
}

function warningsOf(row: RunRow): string {
  if (row.state === "damaged") return "";
  return row.invalidated ? `${row.warnings}, INVALIDATES` : String(row.warnings);
}

function toneOf(row: RunRow): Tone {
  return row.state === "damaged" || row.invalidated ? "bad" : "plain";
}
