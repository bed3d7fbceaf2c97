/** What lies at a time in a line. */

import { firstAbove } from "../../../traces/index/bounds.ts";
import type { TileBuckets, TileSlices } from "../../../traces/index/tile.ts";
import { spanOf, TILE_BUCKETS } from "../../../traces/index/tile.ts";
import type { Line } from "./row_layout.ts";
import type { Sources } from "./sources.ts";
import { lineKey, type LoadedTile } from "./tile_cache.ts";

/** A slice of a line. */
export interface SliceAt {
  readonly what: "slice";
  readonly line: Line;
  readonly id: number;
  /** Index into the names of the index. */
  readonly name: number;
  readonly beginNs: number;
  readonly endNs: number;
}

/** A bucket of a line: several slices, of which nothing more is known here. */
export interface BucketAt {
  readonly what: "bucket";
  readonly line: Line;
  /** Of what took most. */
  readonly name: number;
  readonly beginNs: number;
  readonly endNs: number;
  readonly slices: number;
  /** 0 to 1. */
  readonly busy: number;
}

/** What the pointer is on. */
export type Hit = SliceAt | BucketAt;

/** The slice at an index of a tile's line. */
export function sliceAt(slices: TileSlices, line: Line, index: number): SliceAt {
  return {
    what: "slice",
    line,
    id: slices.ids[index]!,
    name: slices.names[index]!,
    beginNs: slices.begins[index]!,
    endNs: slices.ends[index]!,
  };
}

/**
 * Finds the slice next to a time.
 *
 * @param slack How far away it may be, ns.
 */
export function nearestSlice(
  slices: TileSlices,
  line: Line,
  atNs: number,
  slack: number,
): SliceAt | null {
  const after = firstAbove(slices.begins, atNs);
  let best: SliceAt | null = null;
  let distance = slack;
  for (const index of [after - 1, after]) {
    if (index < 0 || index >= slices.begins.length) continue;
    const away = Math.max(slices.begins[index]! - atNs, atNs - slices.ends[index]!, 0);
    if (away > distance || (away === distance && best !== null)) continue;
    distance = away;
    best = sliceAt(slices, line, index);
  }
  return best;
}

function bucketAt(
  { tile }: LoadedTile,
  buckets: TileBuckets,
  line: Line,
  atNs: number,
): BucketAt | null {
  const widthNs = spanOf(tile.level) / TILE_BUCKETS;
  const bucket = Math.floor((atNs - tile.fromNs) / widthNs);
  const index = firstAbove(buckets.buckets, bucket) - 1;
  if (index < 0 || buckets.buckets[index] !== bucket) return null;
  const beginNs = tile.fromNs + bucket * widthNs;
  return {
    what: "bucket",
    line,
    name: buckets.names[index]!,
    beginNs,
    endNs: beginNs + widthNs,
    slices: buckets.counts[index]!,
    busy: buckets.busy[index]! / 255,
  };
}

/**
 * Finds what is painted at a time.
 *
 * @param slack How far a slice may be from it, ns: those of less than a pixel cannot be hit.
 */
export function hitAt({ parts }: Sources, line: Line, atNs: number, slack: number): Hit | null {
  for (const { loaded, fromNs, toNs } of parts) {
    if (atNs < fromNs || atNs >= toNs) continue;
    const found = loaded.lines.get(lineKey(line.row, line.depth));
    if (found === undefined) return null;
    return "begins" in found
      ? nearestSlice(found, line, atNs, slack)
      : bucketAt(loaded, found, line, atNs);
  }
  return null;
}
