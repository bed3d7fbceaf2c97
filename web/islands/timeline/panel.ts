/// <reference lib="dom" />

/** The panel below the timeline: tabs, and the list of operations. */

import { element, needed } from "../dom/elements.ts";
import type { UrlKeeper } from "./url_state.ts";

/** An operation that was chosen in the list. */
export interface ChosenOperation {
  readonly id: number;
  readonly beginNs: number;
  readonly endNs: number;
}

/** Shows one tab at a time. */
export class Tabs {
  readonly #tabs: readonly HTMLElement[];
  readonly #url: UrlKeeper;

  constructor(url: UrlKeeper) {
    this.#url = url;
    this.#tabs = [...needed("[role=tablist]").querySelectorAll<HTMLElement>("[role=tab]")];
    for (const tab of this.#tabs) {
      tab.addEventListener("click", (event) => {
        event.preventDefault();
        this.show(tab.dataset["tab"]!);
      });
      tab.addEventListener("keydown", (event) => this.#key(event, tab));
    }
  }

  show(name: string): void {
    for (const tab of this.#tabs) {
      const chosen = tab.dataset["tab"] === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      needed(`#${tab.getAttribute("aria-controls")}`).hidden = !chosen;
    }
    this.#url.replace({ tab: name === this.#tabs[0]!.dataset["tab"] ? null : name });
  }

  /** Shows the tab that the address says, after going back. */
  restore(): void {
    const name = new URLSearchParams(location.search).get("tab");
    const tab = this.#tabs.find((one) => one.dataset["tab"] === name) ?? this.#tabs[0]!;
    this.show(tab.dataset["tab"]!);
  }

  #key(event: KeyboardEvent, tab: HTMLElement): void {
    const at = this.#tabs.indexOf(tab);
    const last = this.#tabs.length - 1;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = this.#tabs[(to + this.#tabs.length) % this.#tabs.length]!;
    next.focus();
    this.show(next.dataset["tab"]!);
  }
}

/**
 * The list of operations.
 *
 * The server renders it; sorting, filtering and paging ask it for the same page and take the list
 * from there, so that the list looks the same with and without scripts.
 */
export class OperationList {
  readonly #url: UrlKeeper;
  readonly #place = needed("#operations");
  #request = new AbortController();

  /** @param chosen Called when one is clicked. */
  constructor(url: UrlKeeper, chosen: (operation: ChosenOperation) => void) {
    this.#url = url;
    this.#place.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      const link = (event.target as HTMLElement).closest<HTMLAnchorElement>("a");
      if (link === null) return;
      event.preventDefault();
      const { slice, begin, end } = link.dataset;
      if (slice === undefined) return void this.#load(new URL(link.href).searchParams);
      chosen({ id: Number(slice), beginNs: Number(begin), endNs: Number(end) });
    });
    this.#place.addEventListener("change", (event) => {
      const form = (event.target as HTMLElement).closest("form");
      if (form !== null) this.#submit(form);
    });
    this.#place.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(event.target as HTMLFormElement);
    });
  }

  /** Shows what the address says, after going back. */
  restore(): void {
    void this.#load(new URLSearchParams(location.search), false);
  }

  /** Marks the operation that is selected. */
  mark(slice: number | null): void {
    for (const row of this.#place.querySelectorAll("tr[aria-current]")) {
      row.removeAttribute("aria-current");
    }
    if (slice === null) return;
    this.#place.querySelector(`a[data-slice="${slice}"]`)?.closest("tr")
      ?.setAttribute("aria-current", "true");
  }

  #submit(form: HTMLFormElement): void {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) query.set(name, String(value));
    query.delete("page");
    void this.#load(query);
  }

  async #load(query: URLSearchParams, keep = true): Promise<void> {
    this.#request.abort();
    const request = new AbortController();
    this.#request = request;
    const values = Object.fromEntries(
      ["sort", "order", "technique", "page"].map((name) => [name, query.get(name)]),
    );
    if (keep) this.#url.push(values);
    this.#place.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(`${location.pathname}${location.search}`, {
        signal: request.signal,
        headers: { accept: "text/html" },
      });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("#operations");
      if (fresh === null) throw new Error(`The server answered ${response.status}`);
      const focused = document.activeElement?.id;
      this.#place.replaceChildren(...fresh.childNodes);
      if (focused) document.getElementById(focused)?.focus();
    } catch {
      if (request.signal.aborted) return;
      this.#place.prepend(element("p", { class: "bad" }, "The server does not answer."));
    } finally {
      if (!request.signal.aborted) this.#place.removeAttribute("aria-busy");
    }
  }
}
