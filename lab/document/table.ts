import { printable } from "../text/printable.ts";
import { displayWidth, paint, type RenderOptions, type Tone } from "../text/style.ts";

/** A column of a table. */
export interface Column<Row> {
  title: string;
  /** The cell's text; it need not be printable. */
  text: (row: Row) => string;
  /** The cell's tone; plain when left out. */
  tone?: (row: Row) => Tone;
  /** Numbers align to the right; `false` when left out. */
  right?: boolean;
  /** May be left out on a narrow page: the highest first. Always kept when left out. */
  dispensable?: number;
}

const GAP = "  ";

/**
 * An aligned table: a line of titles, a rule, a line for each row.
 *
 * On a page too narrow for all of it the dispensable columns are left out first; beyond that lines
 * are longer than the page, for a cut-off figure would be a wrong one.
 */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: RenderOptions,
): string {
  const cells = columns.map((column) => rows.map((row) => printable(column.text(row))));
  const widths = columns.map((column, place) =>
    Math.max(displayWidth(column.title), ...cells[place]!.map(displayWidth))
  );
  const shown = columnsThatFit(columns, widths, options.width);
  const line = (texts: string[], tones: Tone[]): string => {
    const parts = shown.map((place, position) => {
      const padded = pad(texts[position]!, widths[place]!, columns[place]!.right ?? false);
      const last = position === shown.length - 1;
      return paint(last ? padded.trimEnd() : padded, tones[position]!, options);
    });
    return GAP + parts.join(GAP).trimEnd();
  };
  const rule = options.unicode === false ? "-" : "─";
  return [
    line(shown.map((place) => columns[place]!.title), shown.map(() => "strong")),
    line(shown.map((place) => rule.repeat(widths[place]!)), shown.map(() => "faint")),
    ...rows.map((row, number) =>
      line(
        shown.map((place) => cells[place]![number]!),
        shown.map((place) => columns[place]!.tone?.(row) ?? "plain"),
      )
    ),
  ].join("\n");
}

/** The positions of the columns to show. */
function columnsThatFit<Row>(
  columns: readonly Column<Row>[],
  widths: readonly number[],
  page: number,
): number[] {
  const shown = columns.map((_, place) => place);
  const total = (): number => shown.reduce((sum, place) => sum + widths[place]! + GAP.length, 0);
  const rank = (place: number): number => columns[place]!.dispensable ?? 0;
  while (total() > page) {
    const most = shown.reduce((worst, place) => rank(place) > rank(worst) ? place : worst);
    if (rank(most) === 0) break;
    shown.splice(shown.indexOf(most), 1);
  }
  return shown;
}

function pad(text: string, width: number, right: boolean): string {
  const space = " ".repeat(width - displayWidth(text));
  return right ? space + text : text + space;
}
