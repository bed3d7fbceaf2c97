/// <reference lib="dom" />

/** Leaves threads out that have nothing to show, once the view has come to rest. */

import { needed } from "../dom/elements.ts";
import type { Model } from "./model.ts";
import type { UrlKeeper } from "./url_state.ts";

/** Rows must not go while the view moves, ms. */
const REST_MS = 350;
/** How often rows may come while it moves, ms. */
const GROW_MS = 150;

/** Decides which threads are shown; a box on the page turns it off. */
export class IdleThreads {
  readonly #model: Model;
  readonly #box = needed<HTMLInputElement>("#timeline-idle");
  readonly #changed: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #grownAt = 0;

  /** @param changed Called after other rows are shown. */
  constructor(model: Model, url: UrlKeeper, changed: () => void) {
    this.#model = model;
    this.#changed = changed;
    this.#box.addEventListener("change", () => {
      url.replace({ rows: this.#box.checked ? null : "all" });
      this.#apply();
    });
    model.listen({
      viewChanged: (): void => {
        this.#grow();
        this.soon();
      },
    });
  }

  /** Shows what the address says, after going back. */
  restore(): void {
    this.#box.checked = new URLSearchParams(location.search).get("rows") !== "all";
    this.soon();
  }

  /** Decides when nothing has moved for a moment. */
  soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#apply(), REST_MS);
  }

  /** What comes into view has its row at once, near enough. */
  #grow(): void {
    const now = performance.now();
    if (now - this.#grownAt < GROW_MS) return;
    this.#grownAt = now;
    this.#model.showBusy();
  }

  #apply(): void {
    const { missing, parts } = this.#model.scene.sources;
    // Tiles that are on their way may show more
    if (missing > 0 || parts.length === 0) return this.soon();
    const { layout } = this.#model.scene;
    this.#model.leaveIdleOut(this.#box.checked);
    if (this.#model.scene.layout !== layout) this.#changed();
  }
}
