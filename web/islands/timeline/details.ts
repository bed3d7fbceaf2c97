/// <reference lib="dom" />

/** What is known of the selected slice. */

import { printable } from "../../../lab/text/printable.ts";
import { formatNs } from "../../../lab/text/units.ts";
import { Budget } from "./budget.ts";
import { element, needed } from "../dom/elements.ts";
import type { Model } from "./model.ts";
import { shownName } from "./names.ts";
import { factsOf } from "./slice_facts.ts";
import type { SliceDetails, SliceFlow } from "../../../traces/index/answers.ts";
import type { TraceApi } from "./trace_api.ts";

/** The most arrows that are listed: an operation may interrupt every CPU of a large machine. */
const MOST_FLOWS = 64;

/** Shows the selection in its panel. */
export class Details {
  readonly #model: Model;
  readonly #place: HTMLElement = needed("#details-of");
  readonly #budget: Budget;
  readonly #follow: (slice: number) => void;

  /** @param follow Called with the slice at the other end of an arrow. */
  constructor(model: Model, api: TraceApi, follow: (slice: number) => void) {
    this.#model = model;
    this.#follow = follow;
    this.#budget = new Budget(api, needed("#budget"));
  }

  show(slice: SliceDetails): void {
    const facts = factsOf(slice, this.#model.meta.rows[slice.row]?.name ?? "").map((
      [term, value],
    ) => element("div", {}, element("dt", {}, term), element("dd", {}, printable(value))));
    this.#place.replaceChildren(
      element("h3", {}, shownName(slice.name)),
      element("dl", { class: "facts" }, ...facts),
      ...this.#flows(slice),
    );
    if (slice.kind === "technique") this.#budget.show(slice.id);
    else this.#budget.clear();
  }

  /** Nothing is selected. */
  clear(): void {
    this.#budget.clear();
    this.#place.replaceChildren(
      element("p", {}, "Nothing is selected: click a slice, or an operation in the list."),
    );
  }

  #flows({ flows }: SliceDetails): HTMLElement[] {
    if (flows.length === 0) return [];
    const items = flows.slice(0, MOST_FLOWS).map((flow) => this.#flow(flow));
    const left = flows.length - items.length;
    return [
      element("h4", {}, "Arrows"),
      element("ul", { class: "flows" }, ...items),
      ...(left > 0 ? [element("p", {}, `and ${left} more`)] : []),
    ];
  }

  #flow({ direction, otherSlice, otherRow, sentNs, arrivedNs }: SliceFlow): HTMLElement {
    const row = this.#model.meta.rows[otherRow]?.name ?? "";
    const time = `${formatNs(Math.max(0, arrivedNs - sentNs))} after it was sent`;
    const text = direction === "out" ? `to ${row}, ${time}` : `from ${row}, ${time}`;
    if (otherSlice === null) return element("li", {}, `${text}, outside of an operation`);
    const button = element("button", { type: "button" }, text);
    button.addEventListener("click", () => this.#follow(otherSlice));
    return element("li", {}, button);
  }
}
