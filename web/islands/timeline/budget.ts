/// <reference lib="dom" />

/** Where an operation's time went. */

import { printable } from "../../../lab/text/printable.ts";
import { formatNs, formatShare } from "../../../lab/text/units.ts";
import { element } from "../dom/elements.ts";
import { ApiError, type BudgetAnswer, type TraceApi } from "./trace_api.ts";

/** Stepping through slices must not start an analysis for each, ms. */
const CALM_MS = 250;
/** How often the time that it takes is shown, ms. */
const TICK_MS = 500;

/** Fetches and shows budgets; one that is no longer wanted is given up. */
export class Budget {
  readonly #api: TraceApi;
  readonly #place: HTMLElement;
  #request = new AbortController();

  constructor(api: TraceApi, place: HTMLElement) {
    this.#api = api;
    this.#place = place;
  }

  clear(): void {
    this.#request.abort();
    this.#place.replaceChildren();
  }

  /** Shows the budget of an operation as soon as it is known. */
  show(slice: number): void {
    this.#request.abort();
    const request = new AbortController();
    this.#request = request;
    void this.#load(slice, request.signal);
  }

  async #load(slice: number, signal: AbortSignal): Promise<void> {
    const text = element("p", {}, "Where the time went: asking trace_processor …");
    const bar = element("progress", { "aria-label": "trace_processor works" });
    this.#place.replaceChildren(element("h4", {}, "Budget"), text, bar);
    await new Promise((resolve) => setTimeout(resolve, CALM_MS));
    if (signal.aborted) return;
    const begin = performance.now();
    const timer = setInterval(() => {
      const seconds = Math.round((performance.now() - begin) / 1000);
      text.textContent = "Where the time went: trace_processor loads and analyses the trace; " +
        `the first answer takes longest (${seconds} s) …`;
    }, TICK_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
    try {
      const answer = await this.#api.budget(slice, signal);
      if (!signal.aborted) this.#render(answer);
    } catch (error) {
      if (!signal.aborted) this.#fail(error, slice);
    } finally {
      clearInterval(timer);
    }
  }

  #fail(error: unknown, slice: number): void {
    const [problem, remedy] = error instanceof ApiError
      ? [error.message, error.remedy]
      : ["The server does not answer", "see whether it runs"];
    const again = element("button", { type: "button" }, "Try again");
    again.addEventListener("click", () => this.show(slice));
    this.#place.replaceChildren(
      element("h4", {}, "Budget"),
      element("p", { class: "bad" }, `${printable(problem)}.`),
      ...(remedy === "" ? [] : [element("p", {}, `Remedy: ${printable(remedy)}.`)]),
      again,
    );
  }

  #render({ phases, culprit, targets }: BudgetAnswer): void {
    const rows = phases.map(({ phase, ns, share }) => {
      const bar = element("meter", { min: 0, max: 1, value: share, "aria-hidden": "true" });
      return element(
        "tr",
        {},
        element("th", { scope: "row" }, printable(phase)),
        element("td", { class: "figure" }, formatNs(ns)),
        element("td", { class: "figure" }, formatShare(share)),
        element("td", {}, bar),
      );
    });
    const answered = culprit === null || culprit === ""
      ? []
      : [element("p", {}, `What took longest: ${printable(culprit)}.`)];
    this.#place.replaceChildren(
      element("h4", { id: "budget-title" }, "Budget"),
      ...answered,
      scrolled(
        "budget-title",
        element("table", {}, head(["Phase", "Time", "Share", ""]), element("tbody", {}, ...rows)),
      ),
      ...this.#targets(targets),
    );
  }

  #targets(targets: BudgetAnswer["targets"]): HTMLElement[] {
    const [first] = targets;
    if (first === undefined) return [];
    const keys = Object.keys(first);
    const rows = targets.map((target) =>
      element("tr", {}, ...keys.map((key) => cell(key, target[key] ?? null)))
    );
    const title = element("h4", { id: "targets-title" }, "CPUs that it interrupted");
    const names = keys.map((key) => TARGET_NAMES[key] ?? key);
    return [
      title,
      scrolled("targets-title", element("table", {}, head(names), element("tbody", {}, ...rows))),
    ];
  }
}

/** Columns of the targets. */
const TARGET_NAMES: Readonly<Record<string, string>> = {
  cpu: "CPU",
  handler: "Handler",
  func: "Function",
  match: "Found by",
  enterToSend: "Begin to send",
  sendToEntry: "Send to entry",
  handlerDur: "Handler's time",
  exitToReturn: "Exit to return",
  interruptedDur: "Interrupted",
};

function cell(key: string, value: string | number | null): HTMLElement {
  if (typeof value === "number" && key !== "cpu") {
    return element("td", { class: "figure" }, formatNs(value));
  }
  return element("td", {}, value === null ? "–" : printable(String(value)));
}

function head(names: readonly string[]): HTMLElement {
  const cells = names.map((name) =>
    name === "" ? element("td") : element("th", { scope: "col" }, name)
  );
  return element("thead", {}, element("tr", {}, ...cells));
}

/** A table that scrolls by itself where it is wider than the page. */
function scrolled(title: string, table: HTMLElement): HTMLElement {
  return element(
    "div",
    { class: "scroll", role: "group", "aria-labelledby": title, tabindex: 0 },
    table,
  );
}
