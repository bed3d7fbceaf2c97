/// <reference lib="dom" />

/** Names of rows and headings of groups beside the canvas, as ordinary elements. */

import { element } from "../dom/elements.ts";
import type { Model } from "./model.ts";
import { type GroupBox, HEADING_PX, type RowBox } from "./row_layout.ts";

/** Keys that move among the names. */
const MOVES: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** The list of rows. */
export class RowList {
  readonly #model: Model;
  readonly #place: HTMLElement;
  readonly #chosen: (row: number) => void;

  /**
   * @param place Where the list goes.
   * @param chosen Called when a name is clicked, or Enter pressed on it.
   */
  constructor(model: Model, place: HTMLElement, chosen: (row: number) => void) {
    this.#model = model;
    this.#place = place;
    this.#chosen = chosen;
    place.addEventListener("keydown", (event) => this.#key(event));
    model.listen({
      layoutChanged: (): void => {
        const { group, row } = (document.activeElement as HTMLElement | null)?.dataset ?? {};
        this.#fill();
        if (group !== undefined) this.#focus(`[data-group="${group}"]`);
        if (row !== undefined) this.#focus(`[data-row="${row}"]`);
      },
    });
    this.#fill();
  }

  #fill(): void {
    const { groups } = this.#model.scene.layout;
    this.#place.replaceChildren(...groups.map((group) => this.#group(group)));
    this.#place.querySelector<HTMLElement>(".timeline-row")?.setAttribute("tabindex", "0");
  }

  #focus(selector: string): void {
    this.#place.querySelector<HTMLElement>(selector)?.focus();
  }

  #group({ kind, title, collapsed, rows }: GroupBox): HTMLElement {
    const count = this.#model.meta.rows.filter((row) => row.kind === kind).length;
    const button = element(
      "button",
      { type: "button", "data-group": kind, "aria-expanded": String(!collapsed) },
      collapsed || rows.length === count
        ? `${title} (${count})`
        : `${title} (${rows.length} of ${count})`,
    );
    button.addEventListener("click", () => this.#model.toggle(kind));
    const heading = element("h3", { class: "timeline-group" }, button);
    heading.style.height = `${HEADING_PX}px`;
    const list = element("ul", { "aria-label": title }, ...rows.map((box) => this.#row(box)));
    return element("div", {}, heading, ...(rows.length > 0 ? [list] : []));
  }

  #row({ row, height }: RowBox): HTMLElement {
    const { name, slices } = this.#model.meta.rows[row]!;
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
    item.style.height = `${height}px`;
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
