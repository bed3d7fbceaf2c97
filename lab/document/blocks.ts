/**
 * What people read, apart from how it is written down: sections of paragraphs, terms, tables and
 * charts. Terminal, HTML and Markdown render these blocks, and each escapes every text in one place.
 *
 * A page has room to explain, a terminal has not: blocks and columns may be for one of them alone,
 * and a text may have a short form for the terminal.
 */

import type { Tone } from "../text/style.ts";

/** Sets the parts of a cell or a point below one another. */
export const BREAK = { line: "break" } as const;

/** Who speaks: a page, a terminal, or a terminal where `--all` was asked for. */
export type Voice = "page" | "brief" | "full";

/** On pages, where there is room to explain. */
export const PAGE: readonly Voice[] = ["page"];

/** In terminals, where there is none. */
export const TERMINAL: readonly Voice[] = ["brief", "full"];

/** What may be for some voices alone; for all when it names none. */
interface Voiced {
  readonly only?: readonly Voice[];
}

/** A piece of running text. Texts of runs are handed over as they are: renderers escape them. */
export type Inline =
  | string
  /** What a reader would type or find in a file. */
  | { readonly code: string }
  | {
    readonly text: string;
    readonly tone?: Tone;
    /** What a terminal says instead. */
    readonly short?: string | typeof BREAK;
  }
  /** A reference to a section of the report. */
  | { readonly text: string; readonly to: string }
  | typeof BREAK;

/** Running text: one piece, or several in their order. */
export type Text = Inline | readonly Inline[];

/** A paragraph; the tone says how much it matters. */
export interface Paragraph extends Voiced {
  readonly kind: "paragraph";
  readonly text: Text;
  readonly tone?: Tone;
}

/** What a column, a word or a verdict means. */
export interface Term {
  readonly term: string;
  readonly meaning: string;
}

/** Terms with their meanings; in a terminal they are notes. */
export interface Terms extends Voiced {
  readonly kind: "terms";
  readonly terms: readonly Term[];
}

/** A list of points. */
export interface List extends Voiced {
  readonly kind: "list";
  readonly ordered: boolean;
  readonly points: readonly Text[];
  /** What stands before each point in a terminal, equally wide. */
  readonly labels?: readonly string[];
}

/** A column of a table. */
export interface ReportColumn extends Voiced {
  readonly title: string;
  /** The title in a terminal. */
  readonly short?: string;
  /** Figures are set flush right. */
  readonly right?: boolean;
  /** A narrow terminal leaves the highest out first; always kept when left out. */
  readonly dispensable?: number;
}

/** A table; the first cell of a row names it. */
export interface ReportTable extends Voiced {
  readonly kind: "table";
  readonly caption: string;
  /** The caption in a terminal, where the host is known; "": it belongs to what stands above. */
  readonly heading?: string;
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
export interface Chart extends Voiced {
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
export interface Command extends Voiced {
  readonly kind: "command";
  readonly command: string;
}

/** Blocks below a heading of their own; folded where they are for the record only. */
export interface Group extends Voiced {
  readonly kind: "group";
  readonly title: string;
  /** The title in a terminal; "": none. */
  readonly heading: string;
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

/** A report: what every format that people read renders. */
export interface ReportDocument {
  readonly title: string;
  /** When it was made, what from. */
  readonly subtitle: string;
  readonly sections: readonly Section[];
}

/** A paragraph for every voice; {@linkcode intro} makes one for pages. */
export function paragraph(text: Text, tone: Tone = "plain"): Paragraph {
  return { kind: "paragraph", text, tone };
}

/** Terms for pages, before the tables that use them. */
export function terms(...terms: readonly Term[]): Terms {
  return { kind: "terms", terms, only: PAGE };
}

/** Terms for terminals, below the table that uses them. */
export function termNotes(...terms: readonly Term[]): Terms {
  return { kind: "terms", terms, only: TERMINAL };
}

/** A block for some voices alone. */
export function only<Kind extends Block>(voices: readonly Voice[], block: Kind): Kind {
  return { ...block, only: voices };
}

/** What introduces a section: a page has room for it. */
export function intro(text: Text): Paragraph {
  return only(PAGE, paragraph(text));
}

/** A list of points. */
export function list(points: readonly Text[], ordered = false): List {
  return { kind: "list", ordered, points };
}

/**
 * Points for terminals, each with a label before it.
 *
 * @param width Of the column of labels: that of the longest, when left out.
 */
export function labelled(points: readonly (readonly [string, Text])[], width?: number): List {
  const column = width ?? Math.max(...points.map(([label]) => label.length));
  return {
    ...list(points.map(([, point]) => point)),
    labels: points.map(([label]) => label.padEnd(column)),
    only: TERMINAL,
  };
}

/**
 * A group of blocks.
 *
 * @param heading Its title in a terminal; "": none.
 */
export function group(
  title: string,
  blocks: readonly Block[],
  folded = false,
  heading = title,
): Group {
  return { kind: "group", title, folded, blocks, heading };
}

/** The title of what follows, in a terminal; a page has a section or group for it. */
export function heading(title: string): Group {
  return only(TERMINAL, group(title, []));
}

/** One column of {@linkcode tableOf}. */
export interface CellColumn<Row> extends ReportColumn {
  readonly cell: (row: Row) => Text;
}

/**
 * A table from rows and the functions that give their cells.
 *
 * @param heading The caption in a terminal.
 */
export function tableOf<Row>(
  caption: string,
  rows: readonly Row[],
  columns: readonly CellColumn<Row>[],
  emulated = false,
  heading?: string,
): ReportTable {
  return {
    kind: "table",
    caption,
    ...heading === undefined ? {} : { heading },
    emulated,
    columns: columns.map(({ cell: _, ...column }) => column),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
  };
}

/** Whether a voice says it. */
export function isFor(voice: Voice, { only }: Voiced): boolean {
  return only === undefined || only.includes(voice);
}

/** The columns of a table that a voice shows, with their cells. */
export function tableFor(voice: Voice, table: ReportTable): ReportTable {
  const shown = [...table.columns.keys()].filter((at) => isFor(voice, table.columns[at]!));
  return {
    ...table,
    columns: shown.map((at) => table.columns[at]!),
    rows: table.rows.map((cells) => shown.map((at) => cells[at]!)),
  };
}

/** The pieces of a text. */
export function piecesOf(text: Text): readonly Inline[] {
  return Array.isArray(text) ? text : [text as Inline];
}
