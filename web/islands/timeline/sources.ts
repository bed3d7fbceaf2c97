/** Which tiles show a stretch of time: the right ones, or coarser ones until those are here. */

import type { TraceIndexMeta } from "../../../traces/index/meta.ts";
import { spanOf, tilesFor } from "../../../traces/index/tile.ts";
import type { LoadedTile, TileCache, TileId } from "./tile_cache.ts";

/** A tile and the part of it that is to be painted. */
export interface Source {
  readonly loaded: LoadedTile;
  readonly fromNs: number;
  readonly toNs: number;
}

/** What to paint with. */
export interface Sources {
  readonly level: number;
  /** In the order of time, without overlap. */
  readonly parts: readonly Source[];
  /** Tiles of that level that are not here yet; others may stand in for them. */
  readonly missing: number;
}

/** What is needed of an index. */
export type Levels = Pick<TraceIndexMeta, "levels" | "durationNs">;

/** The greatest level. */
export function coarsest({ levels }: Pick<TraceIndexMeta, "levels">): number {
  return levels.reduce((most, { level }) => Math.max(most, level), 0);
}

/** Chooses what to paint a stretch of time with, of the tiles that are here. */
export function sourcesOf(
  meta: Levels,
  cache: Pick<TileCache, "get">,
  level: number,
  fromNs: number,
  toNs: number,
): Sources {
  const parts: Source[] = [];
  const span = spanOf(level);
  let missing = 0;
  for (const number of tilesFor(meta, level, fromNs, toNs)) {
    let loaded = cache.get(level, number);
    if (loaded === undefined) missing++;
    const part = { fromNs: number * span, toNs: (number + 1) * span };
    for (let above = level + 1; loaded === undefined && above <= coarsest(meta); above++) {
      loaded = cache.get(above, Math.floor(part.fromNs / spanOf(above)));
    }
    if (loaded !== undefined) parts.push({ loaded, ...part });
  }
  return { level, parts, missing };
}

/**
 * Which tiles to have: those that are visible, then those that a pan or a zoom shows next, then
 * coarser ones that stand in when it goes fast.
 *
 * @param direction Where the view moves: negative to earlier times.
 */
export function wantedTiles(
  meta: Levels,
  level: number,
  fromNs: number,
  toNs: number,
  direction: number,
): TileId[] {
  const wanted: TileId[] = [];
  const add = (at: number, from: number, to: number): void => {
    for (const number of tilesFor(meta, at, from, to)) wanted.push({ level: at, number });
  };
  const top = coarsest(meta);
  const span = toNs - fromNs;
  // The coarsest level is little, and stands in for everything
  add(top, fromNs, toNs);
  add(level, fromNs, toNs);
  const [near, far] = direction < 0 ? [-1, 1] : [1, -1];
  add(level, ...beside(fromNs, toNs, near * span));
  if (direction !== 0) add(level, ...beside(fromNs, toNs, near * 2 * span));
  add(level, ...beside(fromNs, toNs, far * span));
  if (level < top) add(level + 1, fromNs - span, toNs + span);
  if (level > 0 && direction === 0) add(level - 1, fromNs + span / 3, toNs - span / 3);
  return wanted;
}

function beside(fromNs: number, toNs: number, shift: number): [number, number] {
  return [fromNs + shift, toNs + shift];
}
