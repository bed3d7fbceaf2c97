/** Selects slices: by number, by place, by what lies beside or at the other end of an arrow. */

import type { Hit, SliceAt } from "./hit.ts";
import { type GetTile, sliceFrom } from "./find_slice.ts";
import type { Model } from "./model.ts";
import type { Line } from "./row_layout.ts";
import type { Flow, Selection } from "./scene.ts";
import type { SliceDetails, SliceFlow } from "../../../traces/index/answers.ts";
import { ApiError, type TraceApi } from "./trace_api.ts";

/** How a selection comes about. */
export interface How {
  /** The time that is visible stays: it has been chosen otherwise. */
  readonly stay?: boolean;
}

/** What follows a selection. */
export interface SelectorEvents {
  /** Another slice is selected, and known as far as the index tells. */
  selected(slice: SliceDetails, how: How): void;
  cleared(): void;
  /** There is nothing to select; why. */
  nothing(why: string): void;
}

/** Selects slices; a later wish overtakes an earlier one. */
export class Selector {
  readonly #model: Model;
  readonly #api: TraceApi;
  readonly #events: SelectorEvents;
  readonly #tile: GetTile;
  #current: SliceDetails | null = null;
  #request = new AbortController();

  constructor(model: Model, api: TraceApi, tile: GetTile, events: SelectorEvents) {
    this.#model = model;
    this.#api = api;
    this.#tile = tile;
    this.#events = events;
  }

  /** The selected slice; null while nothing is selected. */
  get current(): SliceDetails | null {
    return this.#current;
  }

  clear(): void {
    this.#request.abort();
    this.#current = null;
    this.#model.select(null);
    this.#events.cleared();
  }

  /** Selects what is at a place, where it is. */
  async hit(hit: Hit): Promise<void> {
    if (hit.what === "slice") {
      this.#outline(hit);
      return await this.byId(hit.id, { stay: true });
    }
    await this.#attempt(async () => {
      const found = await sliceFrom(this.#model.meta, this.#tile, hit.line, hit.beginNs);
      if (found === null) return null;
      return await this.#api.slice(found.id);
    }, { stay: true });
  }

  /** Selects the first slice of a row that is visible. */
  async inRow(row: number): Promise<void> {
    const { view } = this.#model.scene;
    const line: Line = { row, depth: 0 };
    await this.#attempt(
      async () => {
        const found = await sliceFrom(this.#model.meta, this.#tile, line, view.from);
        return found === null ? null : await this.#api.slice(found.id);
      },
      {},
      "This row has no slice from here on",
    );
  }

  /** Selects a slice by its number. */
  async byId(id: number, how: How): Promise<void> {
    await this.#attempt((signal) => this.#api.slice(id, signal), how);
  }

  /** Selects the slice before or after in the same line: their numbers follow one another. */
  async beside(direction: 1 | -1): Promise<void> {
    const from = this.#current;
    if (from === null) return this.#events.nothing("Select a slice first");
    const end = direction > 0
      ? "This is the last slice of its row"
      : "This is the first of its row";
    if (from.id + direction < 0) return this.#events.nothing(end);
    await this.#attempt(
      async (signal) => {
        const next = await this.#api.slice(from.id + direction, signal);
        return next.row === from.row && next.depth === from.depth ? next : null;
      },
      {},
      end,
    );
  }

  /** Selects what is at the other end of the first arrow. */
  async follow(direction: SliceFlow["direction"]): Promise<void> {
    const from = this.#current;
    if (from === null) return this.#events.nothing("Select a slice first");
    const flow = from.flows.find((one) => one.direction === direction && one.otherSlice !== null);
    if (flow === undefined) {
      const end = direction === "in" ? "a sender" : "a target";
      return this.#events.nothing(`No arrow leads from here to ${end}`);
    }
    await this.byId(flow.otherSlice!, {});
  }

  async #attempt(
    find: (signal: AbortSignal) => Promise<SliceDetails | null>,
    how: How,
    otherwise = "There is no slice",
  ): Promise<void> {
    this.#request.abort();
    const request = new AbortController();
    this.#request = request;
    try {
      const slice = await find(request.signal);
      if (request.signal.aborted) return;
      if (slice === null) return this.#events.nothing(otherwise);
      this.#current = slice;
      this.#model.select(selectionOf(slice));
      this.#events.selected(slice, how);
    } catch (error) {
      if (request.signal.aborted) return;
      if (error instanceof ApiError) return this.#events.nothing(error.message);
      this.#events.nothing("The server does not answer");
    }
  }

  /** Shows at once what was clicked; the rest comes from the server. */
  #outline({ id, line, name, beginNs, endNs }: SliceAt): void {
    this.#model.select({
      id,
      line,
      name: this.#model.names.text(name),
      beginNs,
      endNs,
      flows: [],
    });
  }
}

function selectionOf(slice: SliceDetails): Selection {
  const { id, row, depth, name, beginNs, endNs } = slice;
  const flows = slice.flows.map((flow) => flowOf(row, flow));
  return { id, line: { row, depth }, name, beginNs, endNs, flows };
}

function flowOf(row: number, { direction, otherRow, sentNs, arrivedNs }: SliceFlow): Flow {
  return direction === "out"
    ? { sentNs, arrivedNs, fromRow: row, toRow: otherRow }
    : { sentNs, arrivedNs, fromRow: otherRow, toRow: row };
}
