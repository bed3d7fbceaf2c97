/** An index that is at hand: answers for tiles. */

import type { IndexColumns } from "./columns.ts";
import { firstAbove, firstNotBelow } from "./bounds.ts";
import type { BuiltIndex } from "./index_builder.ts";
import { BucketMaker } from "./levels.ts";
import type { TraceIndexMeta } from "./meta.ts";
import {
  spanOf,
  type Tile,
  TILE_BUCKETS,
  type TileBuckets,
  type TileFlows,
  type TileSlices,
  widthOf,
} from "./tile.ts";

export class TraceIndex {
  readonly meta: TraceIndexMeta;
  readonly columns: IndexColumns;
  /** Number of the first operation's slice. */
  readonly firstOperation: number;
  /** The latest arrival among all flows up to each: most flows are short, but any may be long. */
  readonly #latestArrival: Float64Array;
  /** For all lanes: it has a place for each name, and there may be thousands of either. */
  #maker: BucketMaker | undefined;

  constructor({ meta, columns }: BuiltIndex) {
    this.meta = meta;
    this.columns = columns;
    this.firstOperation = columns.slices.begins.length - columns.operations.ids.length;
    let latest = 0;
    this.#latestArrival = columns.flows.arrived.map((time) => latest = Math.max(latest, time));
  }

  /** Bytes that it takes in memory, about. */
  get bytes(): number {
    const { slices, operations, flows, levels } = this.columns;
    const buckets = levels.reduce((sum, { buckets }) => sum + buckets.length, 0);
    return slices.begins.length * 21 + operations.ids.length * 25 + flows.sent.length * 40 +
      buckets * 13 + this.meta.names.length * 64;
  }

  /** Lane of a slice. */
  laneOf(slice: number): number {
    return firstAbove(this.columns.lanes.firsts, slice) - 1;
  }

  /**
   * What a timeline shows of one level and one stretch of time.
   *
   * @throws {RangeError} If the trace has no such level, or ends before the tile.
   */
  tile(level: number, number: number): Tile {
    const span = spanOf(level);
    const fromNs = number * span;
    const known = this.meta.levels.some((one) => one.level === level);
    if (!known || !Number.isInteger(number) || number < 0 || fromNs > this.meta.durationNs) {
      throw new RangeError(`There is no tile ${number} of level ${level}`);
    }
    const toNs = fromNs + span;
    const { lanes } = this.columns;
    const rows: (TileSlices | TileBuckets)[] = [];
    lanes.rows.forEach((row, lane) => {
      const found = level === 0
        ? this.#slices(lane, fromNs, toNs)
        : this.#keptBuckets(lane, level, number) ?? this.#madeBuckets(lane, level, number);
      if (found.names.length > 0) rows.push({ row, depth: lanes.depths[lane]!, ...found });
    });
    const flows = level === 0 ? this.#flows(fromNs, toNs) : this.#flows(0, 0);
    return { level, number, fromNs, toNs, rows, flows };
  }

  /** The slices of a lane that overlap a stretch of time: first, and the one after the last. */
  #range(lane: number, fromNs: number, toNs: number): [number, number] {
    const { slices: { begins, ends }, lanes: { firsts } } = this.columns;
    const [low, high] = [firsts[lane]!, firsts[lane + 1]!];
    let first = firstNotBelow(ends, fromNs, low, high);
    // What ended as the tile begins is not in it, except what takes no time at all
    while (first < high && ends[first] === fromNs && begins[first]! < fromNs) first++;
    return [first, Math.max(first, firstNotBelow(begins, toNs, low, high))];
  }

  #slices(lane: number, fromNs: number, toNs: number): Omit<TileSlices, "row" | "depth"> {
    const [from, to] = this.#range(lane, fromNs, toNs);
    const { begins, ends, names } = this.columns.slices;
    return {
      begins: begins.subarray(from, to),
      ends: ends.subarray(from, to),
      names: names.subarray(from, to),
      ids: Uint32Array.from({ length: to - from }, (_, index) => from + index),
    };
  }

  #keptBuckets(
    lane: number,
    level: number,
    number: number,
  ): Omit<TileBuckets, "row" | "depth"> | undefined {
    const kept = this.columns.levels.find((one) => one.level === level);
    if (kept === undefined) return undefined;
    const [low, high] = [kept.firsts[lane]!, kept.firsts[lane + 1]!];
    const first = number * TILE_BUCKETS;
    const from = firstNotBelow(kept.buckets, first, low, high);
    const to = firstNotBelow(kept.buckets, first + TILE_BUCKETS, low, high);
    return {
      buckets: Uint16Array.from(kept.buckets.subarray(from, to), (bucket) => bucket - first),
      busy: kept.busy.subarray(from, to),
      counts: kept.counts.subarray(from, to),
      names: kept.names.subarray(from, to),
    };
  }

  #madeBuckets(lane: number, level: number, number: number): Omit<TileBuckets, "row" | "depth"> {
    const span = spanOf(level);
    const [from, to] = this.#range(lane, number * span, (number + 1) * span);
    const maker = this.#maker ??= new BucketMaker(this.columns.slices, this.meta.nameKinds);
    maker.clear();
    const first = number * TILE_BUCKETS;
    maker.add(from, to, widthOf(level), first, first + TILE_BUCKETS - 1);
    return {
      buckets: Uint16Array.from(maker.buckets.values),
      busy: Uint8Array.from(maker.busy.values),
      counts: maker.counts.values.slice(),
      names: maker.names.values.slice(),
    };
  }

  /** Flows that begin or end in a stretch of time. */
  #flows(fromNs: number, toNs: number): TileFlows {
    const { sent, arrived, fromRows, toRows, fromSlices, toSlices } = this.columns.flows;
    const end = firstNotBelow(sent, toNs, 0, sent.length);
    const found: number[] = [];
    for (let flow = firstNotBelow(this.#latestArrival, fromNs, 0, end); flow < end; flow++) {
      if (sent[flow]! >= fromNs || (arrived[flow]! >= fromNs && arrived[flow]! < toNs)) {
        found.push(flow);
      }
    }
    return {
      sentNs: Float64Array.from(found, (flow) => sent[flow]!),
      arrivedNs: Float64Array.from(found, (flow) => arrived[flow]!),
      fromRow: Uint32Array.from(found, (flow) => fromRows[flow]!),
      toRow: Uint32Array.from(found, (flow) => toRows[flow]!),
      fromSlice: Uint32Array.from(found, (flow) => fromSlices[flow]!),
      toSlice: Uint32Array.from(found, (flow) => toSlices[flow]!),
    };
  }
}
