/**
 * Levels of detail: how much of each bucket of time a lane was taken, and by what most.
 *
 * A level is kept in the index if it has about a quarter as many buckets as there are slices, or less.
 * Tiles of finer levels are made of the slices themselves when they are asked for: since their
 * buckets are many, a tile of 1024 of them has at most about 4096 slices in each lane.
 */

import type { LaneColumns, LevelColumns, SliceColumns } from "./columns.ts";
import { GrowingNumbers } from "./growing.ts";
import type { NameKind, TraceIndexMeta } from "./meta.ts";
import { FINEST_BUCKET_NS, MAX_LEVEL, widthOf } from "./tile.ts";

/** Buckets that the coarsest level has at least: about as many as a page is wide, in pairs. */
const COARSEST_BUCKETS = 256;
/** Slices for each bucket of a level that is kept. */
const SLICES_PER_BUCKET = 4;
const FULL = 255;

/** The levels that a trace has. */
export function levelsOf(durationNs: number): TraceIndexMeta["levels"] {
  const levels = [{ level: 0, widthNs: 0 }];
  for (let level = 1; level <= MAX_LEVEL; level++) {
    const widthNs = widthOf(level);
    if (level > 1 && widthNs * COARSEST_BUCKETS > durationNs) break;
    levels.push({ level, widthNs });
  }
  return levels;
}

/**
 * Levels that are worth keeping.
 *
 * @param firsts Number of each lane's first slice; and that of all slices.
 */
export function keptLevels(durationNs: number, firsts: Uint32Array): number[] {
  const slices = firsts.at(-1)!;
  return levelsOf(durationNs).filter(({ widthNs }) => {
    const most = Math.ceil(durationNs / widthNs);
    let buckets = 0;
    // Of threads that have few operations there may be thousands: most of their buckets are empty
    for (let lane = 0; lane + 1 < firsts.length; lane++) {
      buckets += Math.min(most, firsts[lane + 1]! - firsts[lane]!);
    }
    return widthNs >= FINEST_BUCKET_NS && buckets * SLICES_PER_BUCKET <= slices;
  }).map(({ level }) => level);
}

/** Makes buckets of slices, one after the other. */
export class BucketMaker {
  /** Counted from the first that was asked for. */
  readonly buckets = new GrowingNumbers();
  readonly counts = new GrowingNumbers();
  readonly names = new GrowingNumbers();
  readonly busy = new GrowingNumbers();
  readonly #slices: SliceColumns;
  readonly #isIdle: Uint8Array;
  /** Time of each name in the bucket that is being made. */
  readonly #times: Float64Array;
  readonly #touched: number[] = [];
  #bucket = -1;
  #first = 0;
  #busyNs = 0;
  #count = 0;

  /** @param kinds Of the slices' names: idling takes no time. */
  constructor(slices: SliceColumns, kinds: readonly NameKind[]) {
    this.#slices = slices;
    this.#isIdle = Uint8Array.from(kinds, (kind) => kind === "idle" ? 1 : 0);
    this.#times = new Float64Array(kinds.length);
  }

  /** Forgets the buckets that were made. */
  clear(): void {
    for (const column of [this.buckets, this.counts, this.names, this.busy]) column.clear();
  }

  /**
   * Makes the buckets of slices of one lane.
   *
   * @param from The first slice, `to` the one after the last.
   * @param width Of a bucket, ns.
   * @param first The first bucket that is made, `last` the last one.
   */
  add(from: number, to: number, width: number, first: number, last: number): void {
    const { begins, ends, names } = this.#slices;
    this.#first = first;
    for (let slice = from; slice < to; slice++) {
      const name = names[slice]!;
      if (this.#isIdle[name] === 1) continue;
      const begin = begins[slice]!;
      const end = ends[slice]!;
      const firstOfSlice = Math.floor(begin / width);
      // A slice that ends with a bucket is not in the next one, one without length is in its own
      const lastOfSlice = Math.max(firstOfSlice, Math.ceil(end / width) - 1);
      const until = Math.min(last, lastOfSlice);
      for (let bucket = Math.max(first, firstOfSlice); bucket <= until; bucket++) {
        if (bucket !== this.#bucket) {
          this.#finish(width);
          this.#bucket = bucket;
        }
        const ns = Math.min(end, (bucket + 1) * width) - Math.max(begin, bucket * width);
        this.#busyNs += ns;
        this.#count++;
        this.#touched.push(name);
        this.#times[name]! += ns;
      }
    }
    this.#finish(width);
  }

  #finish(width: number): void {
    if (this.#count === 0) return;
    let most = this.#touched[0]!;
    for (const name of this.#touched) if (this.#times[name]! > this.#times[most]!) most = name;
    for (const name of this.#touched) this.#times[name] = 0;
    this.buckets.push(this.#bucket - this.#first);
    this.counts.push(this.#count);
    this.names.push(most);
    this.busy.push(Math.max(1, Math.round(FULL * this.#busyNs / width)));
    this.#touched.length = 0;
    this.#bucket = -1;
    this.#busyNs = 0;
    this.#count = 0;
  }
}

/** One level of all lanes. */
export function makeLevel(
  level: number,
  durationNs: number,
  lanes: LaneColumns,
  slices: SliceColumns,
  kinds: readonly NameKind[],
): LevelColumns {
  const maker = new BucketMaker(slices, kinds);
  const width = widthOf(level);
  const firsts = [0];
  for (let lane = 0; lane < lanes.rows.length; lane++) {
    maker.add(lanes.firsts[lane]!, lanes.firsts[lane + 1]!, width, 0, durationNs / width);
    firsts.push(maker.buckets.length);
  }
  return {
    level,
    firsts: Uint32Array.from(firsts),
    buckets: maker.buckets.values.slice(),
    counts: maker.counts.values.slice(),
    names: maker.names.values.slice(),
    busy: Uint8Array.from(maker.busy.values),
  };
}
