import type { MatrixCell, MatrixRow } from "./matrix.ts";
import { paint, type RenderOptions, wrap } from "../text/style.ts";
import { type Column, renderTable } from "../document/table.ts";
import { formatNs } from "../text/units.ts";

/** Techniques times hosts, one line for each technique and one column for each host. */
export function renderMatrix(rows: readonly MatrixRow[], options: RenderOptions): string {
  const hosts = rows[0]?.cells ?? [];
  const columns: Column<MatrixRow>[] = [
    { title: "technique", text: ({ technique }) => technique },
    { title: "promised", text: ({ cells }) => cells[0]?.promised ?? "" },
    ...hosts.map((one, place): Column<MatrixRow> => ({
      title: `${one.host}${one.emulated ? " (emulated)" : ""}`,
      text: ({ cells }) => cellText(cells[place]!, options),
    })),
  ];
  const legend =
    "In each cell: verdict, interrupts per operation, median cost of the caller and, " +
    "after a plus, of each sibling; - where it was not measured. Times of emulated hosts mean nothing";
  return [
    paint("Techniques and hosts", "strong", options),
    renderTable(columns, rows, options),
    `  ${paint(wrap(legend, options.width, 4), "faint", options)}`,
  ].join("\n");
}

function cellText(cell: MatrixCell, options: RenderOptions): string {
  if (cell.available === null) return "-";
  if (!cell.available) return "not available";
  const time = cell.p50Ns === null ? "-" : formatNs(cell.p50Ns, options);
  const sibling = cell.siblingNs === null ? "" : ` + ${formatNs(cell.siblingNs, options)}`;
  return `${cell.verdict ?? "-"}, ${cell.interruptsPerOp?.toFixed(2) ?? "-"}, ${time}${sibling}`;
}
