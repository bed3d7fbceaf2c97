/** Tiles that are here, on their way, or wanted. */

import type { Tile, TileBuckets, TileSlices } from "../../../traces/index/tile.ts";

/** Bytes of tiles that are kept. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Requests at a time: browsers open no more than six connections to a server. */
const MOST_REQUESTS = 5;
/** How long a tile that failed is left alone, ms. */
const RETRY_MS = 3000;

/** A tile, and its lines by row and depth. */
export interface LoadedTile {
  readonly tile: Tile;
  /** See {@linkcode lineKey}. */
  readonly lines: ReadonlyMap<number, TileSlices | TileBuckets>;
}

export interface TileId {
  readonly level: number;
  readonly number: number;
}

export type FetchTile = (id: TileId, signal: AbortSignal) => Promise<Tile>;

/** What the cache tells. */
export interface TileEvents {
  /** A tile has come. */
  arrived(id: TileId): void;
  /** A tile has not. */
  failed(error: unknown): void;
}

/** A row and depth as one number. */
export function lineKey(row: number, depth: number): number {
  return row * 64 + depth;
}

function keyOf(level: number, number: number): number {
  return level * 2 ** 44 + number;
}

interface Entry {
  readonly loaded: LoadedTile;
  readonly bytes: number;
  usedAt: number;
}

/** Keeps tiles as long as there is room, those longest unused going first. */
export class TileCache {
  readonly #fetch: FetchTile;
  readonly #events: TileEvents;
  readonly #mostBytes: number;
  readonly #entries = new Map<number, Entry>();
  readonly #requests = new Map<number, AbortController>();
  readonly #failed = new Map<number, number>();
  #wanted: readonly TileId[] = [];
  #bytes = 0;
  #uses = 0;

  /** @param mostBytes How much is kept. */
  constructor(fetch: FetchTile, events: TileEvents, mostBytes = MOST_BYTES) {
    this.#fetch = fetch;
    this.#events = events;
    this.#mostBytes = mostBytes;
  }

  /** A tile, if it is here. */
  get(level: number, number: number): LoadedTile | undefined {
    const entry = this.#entries.get(keyOf(level, number));
    if (entry !== undefined) entry.usedAt = ++this.#uses;
    return entry?.loaded;
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Says which tiles are needed, the most urgent first; replaces what was said before. Requests for
   * others are given up.
   */
  want(ids: readonly TileId[]): void {
    this.#wanted = ids;
    const keys = new Set(ids.map(({ level, number }) => keyOf(level, number)));
    for (const [key, request] of this.#requests) if (!keys.has(key)) request.abort();
    this.#pump();
  }

  #pump(): void {
    for (const id of this.#wanted) {
      if (this.#requests.size >= MOST_REQUESTS) return;
      const key = keyOf(id.level, id.number);
      if (this.#entries.has(key) || this.#requests.has(key)) continue;
      if ((this.#failed.get(key) ?? -Infinity) > performance.now() - RETRY_MS) continue;
      void this.#load(id, key);
    }
  }

  async #load(id: TileId, key: number): Promise<void> {
    const request = new AbortController();
    this.#requests.set(key, request);
    try {
      const tile = await this.#fetch(id, request.signal);
      if (request.signal.aborted) return;
      this.#keep(key, tile);
      this.#failed.delete(key);
      this.#events.arrived(id);
    } catch (error) {
      if (request.signal.aborted) return;
      this.#failed.set(key, performance.now());
      this.#events.failed(error);
    } finally {
      // An aborted request may have been followed by another for the same tile
      if (this.#requests.get(key) === request) this.#requests.delete(key);
      this.#pump();
    }
  }

  #keep(key: number, tile: Tile): void {
    const lines = new Map(tile.rows.map((row) => [lineKey(row.row, row.depth), row] as const));
    const bytes = tile.rows[0]?.names.buffer.byteLength ?? 64;
    this.#entries.set(key, { loaded: { tile, lines }, bytes, usedAt: ++this.#uses });
    this.#bytes += bytes;
    while (this.#bytes > this.#mostBytes && this.#entries.size > 1) this.#dropOldest(key);
  }

  #dropOldest(except: number): void {
    let oldest: [number, Entry] | undefined;
    for (const pair of this.#entries) {
      if (pair[0] === except) continue;
      if (oldest === undefined || pair[1].usedAt < oldest[1].usedAt) oldest = pair;
    }
    if (oldest === undefined) return;
    this.#entries.delete(oldest[0]);
    this.#bytes -= oldest[1].bytes;
  }
}
