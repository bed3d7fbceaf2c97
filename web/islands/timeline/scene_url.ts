/// <reference lib="dom" />

/** What the timeline shows, in its address: the time, marked time, and groups that are closed. */

import type { Model } from "./model.ts";
import { readUrl, type UrlKeeper } from "./url_state.ts";

/** Keeps the address and the model's scene alike; what is selected is not its concern. */
export class SceneUrl {
  readonly #model: Model;
  readonly #url: UrlKeeper;

  /** @param model Already shows what it shall; changes go into the address from now on. */
  constructor(model: Model, url: UrlKeeper) {
    this.#model = model;
    this.#url = url;
    model.listen({
      viewChanged: (): void => this.#keepView(),
      markedChanged: (marked): void => {
        const mark = marked && `${Math.floor(marked.fromNs)}-${Math.ceil(marked.toNs)}`;
        url.replace({ mark });
      },
      layoutChanged: (): void => url.replace({ closed: [...model.collapsed].sort().join() }),
    });
  }

  /** Shows what the address says. */
  show(): void {
    const { from, to, marked, closed } = readUrl(location.search);
    const { durationNs } = this.#model.meta;
    this.#model.look((view) => view.show(from ?? 0, to ?? durationNs));
    this.#model.mark(
      marked && marked.fromNs < durationNs
        ? { ...marked, toNs: Math.min(marked.toNs, durationNs) }
        : null,
    );
    this.#model.collapse(closed);
  }

  #keepView(): void {
    const { from, to, span, durationNs } = this.#model.scene.view;
    const whole = span >= durationNs;
    this.#url.replace({
      from: whole ? null : Math.floor(from),
      to: whole ? null : Math.ceil(to),
    });
  }
}
