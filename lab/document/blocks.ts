/**
 * What a report consists of, apart from how it is written down: sections of paragraphs, terms,
 * tables and charts. Each format renders these blocks, and escapes every text in one place.
 */

import type { Tone } from "../text/style.ts";

/** Sets the parts of a cell below one another. */
export const BREAK = { line: "break" } as const;

/** A piece of running text. Texts of runs are handed over as they are: renderers escape them. */
export type Inline =
  | string
  /** What a reader would type or find in a file. */
  | { readonly code: string }
  | { readonly text: string; readonly tone: Tone }
  /** A reference to a section of the report. */
  | { readonly text: string; readonly to: string }
  /** A new line inside a cell. */
  | typeof BREAK;

/** Running text. */
export type Text = Inline | readonly Inline[];

/** A paragraph; the tone says how much it matters. */
export interface Paragraph {
  readonly kind: "paragraph";
  readonly text: Text;
  readonly tone?: Tone;
}

/** Terms with their meanings. */
export interface Terms {
  readonly kind: "terms";
  readonly terms: readonly { readonly term: Text; readonly meaning: Text }[];
}

/** A list of points. */
export interface List {
  readonly kind: "list";
  readonly ordered: boolean;
  readonly points: readonly Text[];
}

/** A column of a table. */
export interface ReportColumn {
  readonly title: string;
  /** Figures are set flush right. */
  readonly right?: boolean;
}

/** A table; the first cell of a row names it. */
export interface ReportTable {
  readonly kind: "table";
  readonly caption: string;
  /** What is measured on an emulated CPU; the caption says so. */
  readonly emulated: boolean;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly Text[])[];
}

/** One line of a chart. */
export interface ChartSeries {
  readonly name: string;
  /** Number of its colour; a control has that of its technique. */
  readonly color: number;
  /** Drawn dashed: a control. */
  readonly dashed: boolean;
  /** Nanoseconds at each place of the chart's axis; null where there are too few samples. */
  readonly ns: readonly (number | null)[];
}

/** Latency over percentiles, both axes logarithmic. */
export interface Chart {
  readonly kind: "chart";
  readonly title: string;
  readonly emulated: boolean;
  /** Places on the axis: 1/(1-p) for the percentile p. */
  readonly at: readonly number[];
  readonly series: readonly ChartSeries[];
  /** The same in figures, in the order of the series. */
  readonly table: ReportTable;
}

/** A command to copy. */
export interface Command {
  readonly kind: "command";
  readonly command: string;
}

/** Blocks below a heading of their own; folded where they are for the record only. */
export interface Group {
  readonly kind: "group";
  readonly title: string;
  readonly folded: boolean;
  readonly blocks: readonly Block[];
}

/** A part of a section. */
export type Block = Paragraph | Terms | List | ReportTable | Chart | Command | Group;

/** A section of the report. */
export interface Section {
  /** Its name in links. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** The whole report. */
export interface ReportDocument {
  readonly title: string;
  /** When it was made, what from. */
  readonly subtitle: string;
  readonly sections: readonly Section[];
}

/** A paragraph. */
export function paragraph(text: Text, tone: Tone = "plain"): Paragraph {
  return { kind: "paragraph", text, tone };
}

/** Terms and their meanings, in pairs. */
export function terms(...pairs: readonly (readonly [Text, Text])[]): Terms {
  return { kind: "terms", terms: pairs.map(([term, meaning]) => ({ term, meaning })) };
}

/** A list of points. */
export function list(points: readonly Text[], ordered = false): List {
  return { kind: "list", ordered, points };
}

/** A group of blocks. */
export function group(title: string, blocks: readonly Block[], folded = false): Group {
  return { kind: "group", title, folded, blocks };
}

/** One column of {@linkcode tableOf}. */
export interface CellColumn<Row> extends ReportColumn {
  readonly cell: (row: Row) => Text;
}

/** A table from rows and the functions that give their cells. */
export function tableOf<Row>(
  caption: string,
  rows: readonly Row[],
  columns: readonly CellColumn<Row>[],
  emulated = false,
): ReportTable {
  return {
    kind: "table",
    caption,
    emulated,
    columns: columns.map(({ title, right }) => ({ title, ...(right ? { right } : {}) })),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
  };
}

/** The pieces of a text. */
export function piecesOf(text: Text): readonly Inline[] {
  return Array.isArray(text) ? text : [text as Inline];
}

/** A text without its marks. */
export function plainText(text: Text): string {
  return piecesOf(text).map((piece) => {
    if (typeof piece === "string") return piece;
    if ("line" in piece) return "; ";
    return "code" in piece ? piece.code : piece.text;
  }).join("");
}
