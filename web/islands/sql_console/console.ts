/// <reference lib="dom" />

import { printable } from "../../../lab/text/printable.ts";
import type { SqlAnswer } from "../../sql/answer.ts";
import { answerAsCsv } from "../../sql/answer_csv.ts";
import { element, needed } from "../dom/elements.ts";
import { EXAMPLES } from "./examples.ts";
import { QueryClient, QueryProblem } from "./query_client.ts";
import { ResultTable } from "./result_table.ts";

/** Longest SQL that the address holds, in characters: servers and chats cut longer addresses. */
const MAX_IN_ADDRESS = 4000;

/** Where queries about one trace are written, run and read. */
export class SqlConsole {
  readonly #client: QueryClient;
  readonly #section: HTMLElement;
  readonly #form = needed<HTMLFormElement>("#sql form");
  readonly #text = needed<HTMLTextAreaElement>("#sql-text");
  readonly #examples = element("select", { id: "sql-examples" });
  readonly #cancel = element("button", { type: "button" }, "Cancel");
  readonly #csv = needed<HTMLButtonElement>("#sql button[value=csv]");
  readonly #state = element("p", { class: "state", role: "status" });
  readonly #problem = element("div", { class: "problem", role: "alert" });
  readonly #result = element("div", { class: "result" });
  #running: AbortController | null = null;
  #answer: SqlAnswer | null = null;

  /** @param section Holds the server's form, and names the trace. */
  constructor(section: HTMLElement) {
    this.#section = section;
    this.#client = new QueryClient(section.dataset["key"]!);
    this.#examples.append(
      element("option", { value: "" }, "Choose…"),
      ...EXAMPLES.map(({ title }, i) => element("option", { value: String(i) }, title)),
    );
    this.#cancel.disabled = this.#csv.disabled = true;
    // Until now the server answered it
    this.#csv.type = "button";
  }

  /**
   * Takes the form over, and runs what the address holds once somebody sees it.
   *
   * What has been written in the form stays, as does the focus.
   */
  mount(): void {
    this.#form.prepend(
      element("p", {}, element("label", { for: "sql-examples" }, "Examples "), this.#examples),
    );
    this.#text.after(element(
      "p",
      { id: "sql-help", class: "faint" },
      "Ctrl+Enter runs it. Statements may only read; after 10 s, 10 000 rows or 8 MiB they end.",
    ));
    this.#text.setAttribute("aria-describedby", "sql-help");
    this.#csv.before(this.#cancel);
    this.#section.append(this.#state, this.#problem, this.#result);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start();
    });
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.#start();
    });
    this.#examples.addEventListener("change", () => this.#choose());
    this.#cancel.addEventListener("click", () => this.#running?.abort());
    this.#csv.addEventListener("click", () => this.#download());
    addEventListener("popstate", () => this.#text.value = sqlInAddress() ?? this.#text.value);
    if (sqlInAddress() !== null) whenSeen(this.#section, () => this.#start());
  }

  #choose(): void {
    const example = EXAMPLES[Number(this.#examples.value)];
    if (this.#examples.value !== "" && example) this.#text.value = example.sql;
  }

  async #start(): Promise<void> {
    // A second one replaces the first, as the server would let it wait
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    const sql = this.#text.value;
    putInAddress(sql);
    this.#cancel.disabled = false;
    this.#csv.disabled = true;
    this.#problem.replaceChildren();
    this.#say("Running…");
    try {
      const answer = await this.#client.run(sql, running.signal, (text) => this.#say(text));
      if (this.#running !== running) return;
      this.#show(answer);
    } catch (error) {
      if (this.#running !== running) return;
      if (!(error instanceof QueryProblem)) throw error;
      this.#say("");
      this.#result.replaceChildren();
      this.#problem.replaceChildren(...problemElements(sql, error));
    } finally {
      if (this.#running === running) {
        this.#running = null;
        this.#cancel.disabled = true;
      }
    }
  }

  #show(answer: SqlAnswer): void {
    this.#answer = answer;
    this.#csv.disabled = answer.columns.length === 0;
    this.#result.replaceChildren(new ResultTable(answer).element);
    // The table's caption says the same to those who see it
    this.#say(`${answer.rows.length} rows.`);
    this.#state.classList.add("hidden");
  }

  #say(text: string): void {
    this.#state.classList.remove("hidden");
    this.#state.textContent = text;
  }

  #download(): void {
    if (!this.#answer) return;
    const url = URL.createObjectURL(new Blob([answerAsCsv(this.#answer)], { type: "text/csv" }));
    element("a", { href: url, download: "query.csv" }).click();
    // The browser takes it in its own time
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}

/** What was wrong, where, and what to do about it. */
function problemElements(sql: string, { message, remedy, position }: QueryProblem): Node[] {
  const elements: Node[] = [
    element("p", { class: "bad" }, `${printable(message)}.`),
    element("p", {}, `Remedy: ${printable(remedy)}.`),
  ];
  const line = position === null ? undefined : sql.split("\n")[position.line - 1];
  if (position !== null && line !== undefined) {
    const before = printable(line.slice(0, position.column - 1));
    const place = `${printable(line)}\n${" ".repeat(before.length)}^`;
    elements.push(element("pre", { tabindex: "0", "aria-label": "The place in the SQL" }, place));
  }
  return elements;
}

function sqlInAddress(): string | null {
  return new URLSearchParams(location.search).get("sql");
}

function putInAddress(sql: string): void {
  const query = new URLSearchParams(location.search);
  if (sql.length <= MAX_IN_ADDRESS) query.set("sql", sql);
  else query.delete("sql");
  history.replaceState(null, "", `${location.pathname}?${query}${location.hash}`);
}

/** What is not in sight yet counts as seen, what lies in a closed tab does not. */
const SCROLLED_AWAY = "100000px";

/** Does something once, when an element is shown. */
function whenSeen(seen: Element, act: () => void): void {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    act();
  }, { rootMargin: SCROLLED_AWAY });
  observer.observe(seen);
}
