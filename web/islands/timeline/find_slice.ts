/** Finds a slice where only buckets are painted. */

import { firstAbove, firstNotBelow } from "../../../traces/index/bounds.ts";
import type { TraceIndexMeta } from "../../../traces/index/meta.ts";
import { spanOf, TILE_BUCKETS } from "../../../traces/index/tile.ts";
import { type SliceAt, sliceAt } from "./hit.ts";
import type { Line } from "./row_layout.ts";
import { coarsest } from "./sources.ts";
import { lineKey, type LoadedTile, type TileId } from "./tile_cache.ts";

/** Gets a tile, from the cache or the server. */
export type GetTile = (id: TileId) => Promise<LoadedTile>;

/** What is needed of an index. */
export type Searched = Pick<TraceIndexMeta, "levels" | "durationNs">;

/**
 * Finds the first slice of a line that begins at a time or after it.
 *
 * Where tiles with slices are empty, coarser ones tell how far to go on.
 *
 * @returns Null where there is none up to the trace's end.
 */
export async function sliceFrom(
  meta: Searched,
  get: GetTile,
  line: Line,
  startNs: number,
): Promise<SliceAt | null> {
  const top = coarsest(meta);
  let atNs = Math.max(startNs, 0);
  let level = 0;
  while (atNs <= meta.durationNs) {
    const loaded = await get({ level, number: Math.floor(atNs / spanOf(level)) });
    if (level === 0) {
      const found = firstSlice(loaded, line, atNs);
      if (found !== null) return found;
    } else {
      const bucketNs = firstBucket(loaded, line, atNs);
      if (bucketNs !== null) {
        // It may hold only the end of a slice that began earlier: then level 0 goes on behind it
        atNs = Math.max(bucketNs, atNs);
        level--;
        continue;
      }
    }
    atNs = loaded.tile.toNs;
    level = Math.min(level + 1, top);
  }
  return null;
}

function firstSlice({ lines }: LoadedTile, line: Line, atNs: number): SliceAt | null {
  const found = lines.get(lineKey(line.row, line.depth));
  if (found === undefined || !("begins" in found)) return null;
  const index = firstNotBelow(found.begins, atNs);
  return index < found.begins.length ? sliceAt(found, line, index) : null;
}

/** Begin of the first bucket that is not empty. */
function firstBucket({ tile, lines }: LoadedTile, line: Line, atNs: number): number | null {
  const found = lines.get(lineKey(line.row, line.depth));
  if (found === undefined || !("buckets" in found)) return null;
  const width = spanOf(tile.level) / TILE_BUCKETS;
  const index = firstAbove(found.buckets, Math.floor((atNs - tile.fromNs) / width) - 1);
  const bucket = found.buckets[index];
  return bucket === undefined ? null : tile.fromNs + bucket * width;
}
