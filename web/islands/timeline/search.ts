/// <reference lib="dom" />

/** Finds slices by name. */

import { needed } from "../dom/elements.ts";
import type { SearchHit, SearchResult } from "../../../traces/index/answers.ts";
import { ApiError, type TraceApi } from "./trace_api.ts";

/** Slices that may begin at the same time, in different rows. */
const AT_ONCE = 64;

type Direction = "next" | "previous";

/** Where the search stands, and what it leads to. */
export interface SearchActions {
  /** The time from which on the next hit is sought, ns; and the slice that was the last hit. */
  place(): { readonly fromNs: number; readonly selected: number | null };
  /** Goes to a hit of a text. */
  found(hit: SearchHit, text: string): void;
  /** Nothing was found, or is sought any more; for the address. */
  missed(text: string): void;
}

export class Search {
  readonly #api: TraceApi;
  readonly #actions: SearchActions;
  readonly #input = needed<HTMLInputElement>("#timeline-search input");
  readonly #said = needed("#timeline-hits");
  #request = new AbortController();

  constructor(api: TraceApi, actions: SearchActions) {
    this.#api = api;
    this.#actions = actions;
    const form = needed("#timeline-search");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#go("next");
    });
    for (const button of form.querySelectorAll<HTMLElement>("[data-direction]")) {
      const direction = button.dataset["direction"] === "previous" ? "previous" : "next";
      button.addEventListener("click", () => void this.#go(direction));
    }
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.shiftKey) return;
      event.preventDefault();
      void this.#go("previous");
    });
  }

  /** Puts the cursor into the box. */
  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  /** Shows what the address says, after going back. */
  restore(): void {
    this.#request.abort();
    this.#input.value = new URLSearchParams(location.search).get("q") ?? "";
    this.#say("");
  }

  async #go(direction: Direction): Promise<void> {
    const text = this.#input.value.trim();
    this.#request.abort();
    if (text === "") {
      this.#actions.missed(text);
      return this.#say("");
    }
    const request = new AbortController();
    this.#request = request;
    try {
      const { names, hit, wrapped } = await this.#hit(text, direction, request.signal);
      const count = names.reduce(
        (sum, one) => sum + one.count,
        hit !== null && names.length === 0 ? 1 : 0,
      );
      const slices = `${count.toLocaleString("en")} ${count === 1 ? "slice" : "slices"}`;
      this.#say(
        hit === null ? "Nothing found" : wrapped ? `${slices}, from the other end` : slices,
      );
      if (hit !== null) this.#actions.found(hit, text);
      else this.#actions.missed(text);
    } catch (error) {
      if (request.signal.aborted) return;
      this.#say(error instanceof ApiError ? error.message : "The server does not answer");
    }
  }

  /** The next hit; from the other end of the trace where there is none up to this end. */
  async #hit(text: string, direction: Direction, signal: AbortSignal): Promise<{
    names: SearchResult["names"];
    hit: SearchHit | null;
    wrapped: boolean;
  }> {
    const { fromNs, selected } = this.#actions.place();
    const ask = (from: number): Promise<SearchResult> =>
      this.#api.search(
        new URLSearchParams({
          q: text,
          direction,
          limit: `${AT_ONCE}`,
          from: `${Math.round(from)}`,
        }),
        signal,
      );
    const answer = await ask(fromNs);
    // Several may begin at the same time: their numbers tell which have been visited
    const hit = answer.hits.find(({ id, beginNs }) =>
      beginNs !== fromNs || selected === null || id > selected
    );
    if (hit !== undefined) return { names: answer.names, hit, wrapped: false };
    const { names, hits: [first = null] } = await ask(
      direction === "next" ? 0 : Number.MAX_SAFE_INTEGER,
    );
    return { names, hit: first, wrapped: true };
  }

  #say(text: string): void {
    this.#said.textContent = text;
  }
}
