/** Which rows have anything to show: of many threads mostly one works at a time. */

import { firstAbove } from "../../../traces/index/bounds.ts";
import { spanOf, TILE_BUCKETS } from "../../../traces/index/tile.ts";
import type { Source, Sources } from "./sources.ts";

/** Rows that have a slice or a bucket in a stretch of time, as far as tiles are here. */
export function busyRows({ parts }: Sources, fromNs: number, toNs: number): ReadonlySet<number> {
  const busy = new Set<number>();
  for (const part of parts) {
    const low = Math.max(fromNs, part.fromNs);
    const high = Math.min(toNs, part.toNs);
    if (low < high) addBusy(part, low, high, busy);
  }
  return busy;
}

function addBusy({ loaded: { tile } }: Source, low: number, high: number, busy: Set<number>): void {
  const width = spanOf(tile.level) / TILE_BUCKETS;
  for (const line of tile.rows) {
    if (busy.has(line.row)) continue;
    if ("begins" in line) {
      const first = firstAbove(line.ends, low);
      if (first < line.begins.length && line.begins[first]! < high) busy.add(line.row);
      continue;
    }
    const bucket = line.buckets[
      firstAbove(line.buckets, Math.floor((low - tile.fromNs) / width) - 1)
    ];
    if (bucket !== undefined && tile.fromNs + bucket * width < high) busy.add(line.row);
  }
}
