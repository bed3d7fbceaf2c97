/** The pair table of membarrier(2), each cell with what was seen. */

import { type Block, type CellColumn, paragraph, tableOf } from "../../document/blocks.ts";
import type { OrderingResult } from "./ordering_schema.ts";

const MEMBARRIER = "membarrier-private-expedited";

/** Rows and columns of membarrier(2)'s table, and the technique that stands for each. */
const BARRIERS = [
  { name: "barrier()", heavy: "none", light: "barrier" },
  { name: "smp_mb()", heavy: "fence", light: "fence" },
  { name: "sys_membarrier()", heavy: MEMBARRIER, light: MEMBARRIER },
] as const;

/** What the man page says: O ordered, X not ordered. */
const DOCUMENTED = ["XXO", "XOO", "OOO"] as const;

interface PairRow {
  readonly name: string;
  readonly cells: readonly string[];
}

/** The table of the man page. @returns Nothing when a pair was not run. */
export function pairsBlocks(results: readonly OrderingResult[], label: string): Block[] {
  const rows = BARRIERS.map(({ name }, row): PairRow => ({
    name,
    cells: BARRIERS.map((_, column) => cell(results, row, column)),
  }));
  if (rows.some(({ cells }) => cells.includes(""))) return [];
  const heading = "The pair table of membarrier(2)";
  const columns: CellColumn<PairRow>[] = [
    { title: "heavy side", short: "", cell: ({ name }) => name },
    ...BARRIERS.map(({ name }, column): CellColumn<PairRow> => ({
      title: name,
      cell: ({ cells }) => cells[column]!,
    })),
  ];
  return [
    tableOf(`${heading}, on ${label}`, rows, columns, false, heading),
    ...NOTES.map((note) => paragraph(note, "faint")),
  ];
}

const NOTES = [
  "O ordered, X not ordered, ? not to be told here; in brackets forbidden outcomes of turns.",
  "The store buffer of the side that might fail is filled: the light side's where it has a " +
  "compiler barrier, else the caller's. 'mirrored': the cell across the diagonal was run.",
] as const;

/** One cell; "" when nobody ran it. */
function cell(results: readonly OrderingResult[], row: number, column: number): string {
  const mirrored = column > row && column === 2;
  const [heavy, light] = mirrored ? [column, row] : [row, column];
  const found = find(results, heavy, light);
  if (!found) return "";
  const seen = `(${found.weak} of ${found.iterations})`;
  return [sign(found, heavy, light), seen, ...(mirrored ? ["mirrored"] : [])].join(" ");
}

function find(
  results: readonly OrderingResult[],
  heavy: number,
  light: number,
): OrderingResult | undefined {
  return results.find(({ technique, counted, role }) =>
    technique === BARRIERS[heavy]!.heavy && counted.light === BARRIERS[light]!.light &&
    counted.shape === "sb" && counted.relation === "thread" && counted.habit === "spin" &&
    role !== "scenario"
  );
}

function sign(found: OrderingResult, heavy: number, light: number): string {
  if (found.verdict === "not-ordered") return DOCUMENTED[heavy]![light] === "X" ? "X" : "X!";
  if (found.verdict === "ordered") return "O";
  return "?";
}
