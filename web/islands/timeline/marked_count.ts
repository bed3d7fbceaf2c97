/** How many slices begin in a stretch of time. */

import { levelFor, spanOf, TILE_BUCKETS } from "../../../traces/index/tile.ts";
import { firstAbove, firstFrom } from "./hit.ts";
import type { Levels } from "./sources.ts";
import { sourcesOf } from "./sources.ts";
import type { Stretch } from "./scene.ts";
import type { TileCache } from "./tile_cache.ts";

/** A number of slices. */
export interface MarkedCount {
  readonly slices: number;
  /** False: counted in buckets, which share the slices at their borders. */
  readonly exact: boolean;
}

/** Buckets that a stretch should have for its count to mean something. */
const FINE = 200;

/** Counts with the tiles that are here, the finest that cover the stretch; null where none do. */
export function countMarked(
  meta: Levels,
  cache: Pick<TileCache, "get">,
  { fromNs, toNs }: Stretch,
): MarkedCount | null {
  const level = levelFor(meta, (toNs - fromNs) / FINE);
  const { parts } = sourcesOf(meta, cache, level, fromNs, toNs);
  let slices = 0;
  let exact = true;
  for (const { loaded: { tile }, ...part } of parts) {
    const [low, high] = [Math.max(part.fromNs, fromNs), Math.min(part.toNs, toNs)];
    const width = spanOf(tile.level) / TILE_BUCKETS;
    for (const line of tile.rows) {
      if ("begins" in line) {
        slices += firstFrom(line.begins, high) - firstFrom(line.begins, low);
        continue;
      }
      exact = false;
      const from = firstAbove(line.buckets, Math.floor((low - tile.fromNs) / width) - 1);
      const to = firstAbove(line.buckets, Math.ceil((high - tile.fromNs) / width) - 1);
      for (let index = from; index < to; index++) slices += line.counts[index]!;
    }
  }
  return parts.length === 0 ? null : { slices, exact };
}
