/// <reference lib="dom" />

/** Times beside the timeline: what is visible, where the pointer is, what is marked. */

import { formatNs } from "../../../lab/text/units.ts";
import { needed, setText } from "../dom/elements.ts";
import { countMarked } from "./marked_count.ts";
import type { Model } from "./model.ts";
import { exactTime } from "./ticks.ts";

/** Keeps them up to date. */
export class StatusBar {
  readonly #model: Model;
  readonly #window = needed("#timeline-window");
  readonly #cursor = needed("#timeline-cursor");
  readonly #marked = needed("#timeline-marked");
  readonly #problem = needed("#timeline-problem");

  constructor(model: Model) {
    this.#model = model;
    model.listen({ markedChanged: (): void => this.#showMarked() });
  }

  /** After each picture. */
  refresh(): void {
    const { view, cursorNs } = this.#model.scene;
    setText(this.#window, `${formatNs(view.span)} from ${exactTime(view.from)}`);
    setText(this.#cursor, cursorNs === null ? "" : `Pointer at ${exactTime(cursorNs)}`);
  }

  /** More can be counted now. */
  tileArrived(): void {
    if (this.#model.scene.marked !== null) this.#showMarked();
  }

  /** Says that tiles do not come; null: they do. */
  problem(text: string | null): void {
    setText(this.#problem, text ?? "");
  }

  #showMarked(): void {
    const { meta, cache, scene: { marked } } = this.#model;
    if (marked === null) return setText(this.#marked, "");
    const count = countMarked(meta, cache, marked);
    const about = count?.exact === false ? "about " : "";
    const slices = count === null ? "" : `, ${about}${count.slices.toLocaleString("en")} slices`;
    setText(this.#marked, `Marked: ${formatNs(marked.toNs - marked.fromNs)}${slices}`);
  }
}
