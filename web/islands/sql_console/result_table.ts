/// <reference lib="dom" />

import { printable } from "../../../lab/text/printable.ts";
import type { JsonValue, SqlAnswer, Truncation } from "../../sql/answer.ts";
import { element } from "../dom/elements.ts";

/** Rows that are shown at a time. */
const PAGE = 100;

/** An answer as a table of which one page is shown. */
export class ResultTable {
  readonly element: HTMLElement;
  readonly #answer: SqlAnswer;
  readonly #body = element("tbody");
  readonly #place = element("span", { "aria-live": "polite" });
  readonly #previous = element("button", { type: "button" }, "Previous");
  readonly #next = element("button", { type: "button" }, "Next");
  #page = 0;

  constructor(answer: SqlAnswer) {
    this.#answer = answer;
    const { columns, rows } = answer;
    const heads = columns.map((name) => element("th", { scope: "col" }, printable(name)));
    const caption = element("caption", { id: "sql-caption" }, summaryOf(answer));
    const table = element(
      "table",
      {},
      caption,
      element("thead", {}, element("tr", {}, ...heads)),
      this.#body,
    );
    const pager = element("p", { class: "pager" }, this.#previous, this.#next, this.#place);
    pager.hidden = rows.length <= PAGE;
    this.#previous.addEventListener("click", () => this.#show(this.#page - 1));
    this.#next.addEventListener("click", () => this.#show(this.#page + 1));
    this.element = element(
      "div",
      {},
      element(
        "div",
        { class: "scroll", role: "group", "aria-labelledby": "sql-caption", tabindex: "0" },
        table,
      ),
      pager,
    );
    this.#show(0);
  }

  #show(page: number): void {
    const { rows } = this.#answer;
    if (page < 0 || page * PAGE > Math.max(0, rows.length - 1)) return;
    this.#page = page;
    const first = page * PAGE;
    const shown = rows.slice(first, first + PAGE);
    this.#body.replaceChildren(...shown.map((row) => element("tr", {}, ...row.map(cellOf))));
    // Not disabled: a button that has the focus would lose it
    this.#previous.setAttribute("aria-disabled", String(page === 0));
    this.#next.setAttribute("aria-disabled", String(first + PAGE >= rows.length));
    this.#place.textContent = `Rows ${first + 1} to ${first + shown.length} of ${rows.length}`;
  }
}

function cellOf(value: JsonValue): HTMLTableCellElement {
  if (value === null) return element("td", { class: "faint" }, "NULL");
  const text = String(value);
  // Integers beyond 2^53 come as texts
  if (typeof value === "number" || /^-?\d{16,19}$/.test(text)) {
    return element("td", { class: "amount" }, text);
  }
  return element("td", {}, printable(text));
}

function summaryOf({ rows, columns, truncated, elapsedMs }: SqlAnswer): string {
  const count = `${rows.length} row${rows.length === 1 ? "" : "s"}`;
  const what = columns.length === 0 ? "Done; nothing was selected" : count;
  return [`${what}, ${elapsedMs.toFixed(1)} ms`, ...truncated ? [cutOf(truncated)] : []].join(". ");
}

/** What is missing, in words. */
function cutOf({ rows, bytes, texts }: Truncation): string {
  const parts: string[] = [];
  if (rows) parts.push("there are more rows, which are not shown: use LIMIT and OFFSET");
  if (bytes) parts.push("there are more rows, too large to be shown together");
  if (texts > 0) parts.push(`${texts} long text${texts === 1 ? " was" : "s were"} cut`);
  const text = parts.join("; ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
