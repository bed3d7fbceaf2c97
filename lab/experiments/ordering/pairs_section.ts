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
  "'mirrored': the slow side is the tested one, so the cell across the diagonal was run. " +
  "'follows': a fence or membarrier on the light side leaves nothing in its store buffer, so " +
  "the test has no power there; the cell follows from those with a compiler barrier. " +
  "'fences': order by definition, and the harness's own check.",
] as const;

/** One cell; "" when nobody ran it. */
function cell(results: readonly OrderingResult[], row: number, column: number): string {
  const mirrored = column > row && column === 2;
  const [heavy, light] = mirrored ? [column, row] : [row, column];
  const found = find(results, heavy, light);
  if (!found) return "";
  const seen = `(${found.weak} of ${found.iterations})`;
  return [sign(results, found, heavy, light), seen, ...(mirrored ? ["mirrored"] : [])].join(" ");
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

function sign(
  results: readonly OrderingResult[],
  found: OrderingResult,
  heavy: number,
  light: number,
): string {
  if (found.verdict === "not-ordered") return DOCUMENTED[heavy]![light] === "X" ? "X" : "X!";
  if (found.verdict === "ordered") return "O";
  if (found.weak > 0 || DOCUMENTED[heavy]![light] === "X") return "?";
  if (heavy === 1 && light === 1) return "O fences";
  const powerful = find(results, 2, 0);
  return light > 0 && powerful?.verdict === "ordered" ? "O follows" : "?";
}
