/// <reference lib="dom" />

/** Names of rows and headings of groups beside the canvas, as ordinary elements. */

import type { IndexRow } from "../../../traces/index/meta.ts";
import { element, setText } from "../dom/elements.ts";
import type { Model } from "./model.ts";
import { type GroupBox, HEADING_PX, rowHeight, type RowKind } from "./row_layout.ts";

/** Keys that move among the names. */
const MOVES: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** What is made of a group, once. */
interface GroupElements {
  readonly button: HTMLElement;
  readonly list: HTMLElement;
  /** Items of its rows, by their numbers and in their order. */
  readonly items: ReadonlyMap<number, HTMLElement>;
}

/** The list of rows. */
export class RowList {
  readonly #model: Model;
  readonly #place: HTMLElement;
  readonly #chosen: (row: number) => void;
  readonly #groups = new Map<RowKind, GroupElements>();

  /**
   * @param place Where the list goes.
   * @param chosen Called when a name is clicked, or Enter pressed on it.
   */
  constructor(model: Model, place: HTMLElement, chosen: (row: number) => void) {
    this.#model = model;
    this.#place = place;
    this.#chosen = chosen;
    place.addEventListener("keydown", (event) => this.#key(event));
    model.listen({ layoutChanged: (): void => this.#refresh() });
    this.#refresh();
  }

  /** Shows the rows of the layout. Threads come and go by the thousand while the view moves. */
  #refresh(): void {
    for (const group of this.#model.scene.layout.groups) {
      const known = this.#groups.get(group.kind) ?? this.#make(group);
      const { button, list, items } = known;
      const shown = new Set(group.rows.map(({ row }) => row));
      setText(button, headingOf(group, items.size));
      button.setAttribute("aria-expanded", String(!group.collapsed));
      const focused = list.contains(document.activeElement);
      showOnly(list, items, shown);
      // Who was at a row that went is not sent back to the page's begin
      if (focused && !list.contains(document.activeElement)) button.focus();
      list.hidden = shown.size === 0;
    }
    this.#keepTabStop();
  }

  #make({ kind, title }: GroupBox): GroupElements {
    const button = element("button", { type: "button", "data-group": kind });
    button.addEventListener("click", () => this.#model.toggle(kind));
    const heading = element("h3", { class: "timeline-group" }, button);
    heading.style.height = `${HEADING_PX}px`;
    const list = element("ul", { "aria-label": title });
    const rows = this.#model.meta.rows.filter((row) => row.kind === kind);
    const items = new Map(rows.map((row) => [row.row, this.#row(row)]));
    this.#place.append(element("div", {}, heading, list));
    const made = { button, list, items };
    this.#groups.set(kind, made);
    return made;
  }

  /** The Tab key stops at one name. */
  #keepTabStop(): void {
    if (this.#place.querySelector('.timeline-row[tabindex="0"]') !== null) return;
    this.#place.querySelector(".timeline-row")?.setAttribute("tabindex", "0");
  }

  #row({ row, name, slices, depths }: IndexRow): HTMLElement {
    const button = element(
      "button",
      {
        type: "button",
        class: "timeline-row",
        tabindex: -1,
        "data-row": row,
        title: `${name}: ${slices.toLocaleString("en")} slices`,
      },
      name,
    );
    button.addEventListener("click", () => this.#chosen(row));
    const item = element("li", {}, button);
    item.style.height = `${rowHeight(depths)}px`;
    return item;
  }

  /** Arrows move among the names; one of them is a stop of the Tab key. */
  #key(event: KeyboardEvent): void {
    const move = MOVES[event.key];
    const names = [...this.#place.querySelectorAll<HTMLElement>(".timeline-row")];
    const at = names.indexOf(event.target as HTMLElement);
    if (move === undefined || at < 0) return;
    event.preventDefault();
    const next = names[Math.min(Math.max(at + move, 0), names.length - 1)]!;
    for (const name of names) name.tabIndex = name === next ? 0 : -1;
    next.focus();
  }
}

function headingOf({ title, collapsed, rows }: GroupBox, count: number): string {
  return collapsed || rows.length === count
    ? `${title} (${count})`
    : `${title} (${rows.length} of ${count})`;
}

/** Puts items into a list, or takes them out, without touching those that stay. */
function showOnly(
  list: HTMLElement,
  items: ReadonlyMap<number, HTMLElement>,
  shown: ReadonlySet<number>,
): void {
  let next = list.firstChild;
  for (const [row, item] of items) {
    const here = item === next;
    if (here) next = item.nextSibling;
    if (here && !shown.has(row)) item.remove();
    if (!here && shown.has(row)) list.insertBefore(item, next);
  }
}
