/** Where rows lie below one another, px. */

import type { IndexRow } from "../../../traces/index/meta.ts";

/** Height of one line of slices; a row has one for each depth. */
export const LINE_PX = 20;
/** Below each row. */
const GAP_PX = 5;
/** Height of a group's heading. */
export const HEADING_PX = 28;

/** What groups are called, in their order. */
const GROUPS = [
  { kind: "cpu", title: "CPUs" },
  { kind: "interrupts", title: "Interrupts" },
  { kind: "operations", title: "Operations" },
] as const satisfies readonly { kind: IndexRow["kind"]; title: string }[];

/** Which group a row belongs to. */
export type RowKind = IndexRow["kind"];

/** Whether a text names a group. */
export function isRowKind(text: string): text is RowKind {
  return GROUPS.some(({ kind }) => kind === text);
}

/** A row and its place. */
export interface RowBox {
  readonly row: number;
  readonly depths: number;
  /** Top edge. */
  readonly y: number;
  readonly height: number;
}

/** A group: its heading, and its rows below it unless it is collapsed. */
export interface GroupBox {
  readonly kind: RowKind;
  readonly title: string;
  readonly y: number;
  readonly collapsed: boolean;
  readonly rows: readonly RowBox[];
}

/** A line of a row. */
export interface Line {
  readonly row: number;
  readonly depth: number;
}

/** Height of a row, px. */
export function rowHeight(depths: number): number {
  return Math.max(depths, 1) * LINE_PX + GAP_PX;
}

/** Where everything lies. */
export class RowLayout {
  readonly groups: readonly GroupBox[];
  readonly height: number;
  readonly #rows = new Map<number, RowBox>();
  /** Headings of groups, by their rows that are not shown. */
  readonly #hidden = new Map<number, number>();

  /**
   * @param collapsed Groups of which only the heading is shown.
   * @param left Rows that are left out.
   */
  constructor(
    rows: readonly IndexRow[],
    collapsed: ReadonlySet<RowKind>,
    left: ReadonlySet<number> = new Set(),
  ) {
    const groups: GroupBox[] = [];
    let y = 0;
    for (const { kind, title } of GROUPS) {
      const members = rows.filter((row) => row.kind === kind);
      if (members.length === 0) continue;
      const top = y;
      y += HEADING_PX;
      const boxes: RowBox[] = [];
      for (const { row, depths } of members) {
        if (collapsed.has(kind) || left.has(row)) {
          this.#hidden.set(row, top);
          continue;
        }
        const height = rowHeight(depths);
        const box = { row, depths: Math.max(depths, 1), y, height };
        boxes.push(box);
        this.#rows.set(row, box);
        y += height;
      }
      groups.push({ kind, title, y: top, collapsed: collapsed.has(kind), rows: boxes });
    }
    this.groups = groups;
    this.height = y;
  }

  /** Whether a row is shown. */
  shows(row: number): boolean {
    return this.#rows.has(row);
  }

  /** Top edge of a line; of its group's heading where the row is not shown; null: no such row. */
  top(row: number, depth: number): number | null {
    const box = this.#rows.get(row);
    if (box !== undefined) return box.y + Math.min(depth, box.depths - 1) * LINE_PX;
    return this.#hidden.get(row) ?? null;
  }

  /** The line at a height; null between lines. */
  lineAt(y: number): Line | null {
    for (const { rows } of this.groups) {
      for (const box of rows) {
        if (y < box.y || y >= box.y + box.height) continue;
        const depth = Math.floor((y - box.y) / LINE_PX);
        return depth < box.depths ? { row: box.row, depth } : null;
      }
    }
    return null;
  }
}
