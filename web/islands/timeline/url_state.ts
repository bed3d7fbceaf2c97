/// <reference lib="dom" />

/** The state of the page in its address, so that a link shows the same. */

import { isRowKind, type RowKind } from "./row_layout.ts";
import type { Stretch } from "./scene.ts";

/** What the address holds; null: nothing about it. */
export interface UrlState {
  readonly from: number | null;
  readonly to: number | null;
  /** Number of the selected slice. */
  readonly select: number | null;
  /** Marked time: `mark=FROM-TO`. */
  readonly marked: Stretch | null;
  /** Groups of which only the heading is shown: `closed=KIND,KIND`. */
  readonly closed: ReadonlySet<RowKind>;
}

/** A whole number that is not negative; null otherwise. */
function numberIn(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Marked time; null where there is none. */
function stretchIn(text: string | null): Stretch | null {
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? "") ?? [];
  return Number(from) < Number(to) ? { fromNs: Number(from), toNs: Number(to) } : null;
}

export function readUrl(search: string): UrlState {
  const query = new URLSearchParams(search);
  const from = numberIn(query, "from");
  const to = numberIn(query, "to");
  const useful = from !== null && to !== null && to > from;
  return {
    from: useful ? from : null,
    to: useful ? to : null,
    select: numberIn(query, "select"),
    marked: stretchIn(query.get("mark")),
    closed: new Set((query.get("closed") ?? "").split(",").filter(isRowKind)),
  };
}

/** An address with other values; null takes one out. Others stay as they are. */
export function withValues(
  search: string,
  values: Readonly<Record<string, string | number | null>>,
): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, String(value));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** Browsers take about 200 changes of the address in 30 s, and a pan has 60 a second, ms. */
const REPLACE_MS = 300;

/** Keeps the address of the page up to date. */
export class UrlKeeper {
  #pending: Record<string, string | number | null> = {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Changes the address soon; going back passes over it. */
  replace(values: Readonly<Record<string, string | number | null>>): void {
    Object.assign(this.#pending, values);
    this.#timer ??= setTimeout(() => this.flush(), REPLACE_MS);
  }

  /** Changes the address now, so that going back leads to where it was. */
  push(values: Readonly<Record<string, string | number | null>>): void {
    this.flush();
    const search = withValues(location.search, values);
    if (search !== location.search) history.pushState(null, "", address(search));
  }

  /** What is pending becomes an entry of its own, so that going back leads to before it. */
  pushPending(): void {
    const search = this.#take();
    if (search !== location.search) history.pushState(null, "", address(search));
  }

  /** Drops what is pending: the address is another one now. */
  forget(): void {
    this.#take();
  }

  /** Does what is pending. */
  flush(): void {
    const search = this.#take();
    if (search !== location.search) history.replaceState(null, "", address(search));
  }

  /** The address with what is pending, which is so no more. */
  #take(): string {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const search = withValues(location.search, this.#pending);
    this.#pending = {};
    return search;
  }
}

function address(search: string): string {
  return `${location.pathname}${search}${location.hash}`;
}
