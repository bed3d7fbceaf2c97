/** What the server answers about a trace; see /api/openapi.json. */

import type { SearchResult } from "../../../traces/index/answers.ts";
import type { SliceDetails } from "../../../traces/index/answers.ts";
import { decodeTile, type Tile } from "../../../traces/index/tile.ts";
import type { TileId } from "./tile_cache.ts";

/** Where an operation's time went. */
export interface BudgetAnswer {
  readonly slice: number;
  readonly phases: readonly {
    readonly phase: string;
    readonly ns: number;
    readonly share: number;
  }[];
  readonly culprit: string | null;
  readonly targets: readonly Readonly<Record<string, string | number | null>>[];
}

/** The server refused or failed: its words. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly remedy: string;

  constructor(problem: string, remedy: string) {
    super(problem);
    this.remedy = remedy;
  }
}

/** Asks the server about one trace. */
export class TraceApi {
  readonly #base: string;
  readonly #version: string;

  /**
   * @param key Of the trace.
   * @param version Changes with the index, so that tiles may be kept for ever.
   */
  constructor(key: string, version: string) {
    this.#base = `/api/traces/${encodeURIComponent(key)}`;
    this.#version = version;
  }

  /** @throws {ApiError | TypeError} If the server refuses, or cannot be reached. */
  async tile({ level, number }: TileId, signal: AbortSignal): Promise<Tile> {
    const query = `?v=${encodeURIComponent(this.#version)}`;
    const response = await this.#get(`/tiles/${level}/${number}${query}`, signal);
    return decodeTile(await response.arrayBuffer());
  }

  /** @throws {ApiError | TypeError} If the server refuses, or cannot be reached. */
  slice(id: number, signal?: AbortSignal): Promise<SliceDetails> {
    return this.#json(`/slices/${id}`, signal);
  }

  /** Finds slices by name. @throws {ApiError | TypeError} As above. */
  search(query: URLSearchParams, signal: AbortSignal): Promise<SearchResult> {
    return this.#json(`/search?${query}`, signal);
  }

  /** Where an operation's time went; may take seconds. @throws {ApiError | TypeError} As above. */
  budget(id: number, signal: AbortSignal): Promise<BudgetAnswer> {
    return this.#json(`/budget/${id}`, signal);
  }

  async #json<T>(path: string, signal?: AbortSignal): Promise<T> {
    return await (await this.#get(path, signal)).json() as T;
  }

  async #get(path: string, signal?: AbortSignal): Promise<Response> {
    const response = await fetch(`${this.#base}${path}`, signal === undefined ? {} : { signal });
    if (response.ok) return response;
    let said: { problem?: string; remedy?: string } = {};
    try {
      said = await response.json();
    } catch {
      // Not the server's own words: a proxy's, or none
    }
    throw new ApiError(said.problem ?? `The server answered ${response.status}`, said.remedy ?? "");
  }
}
