/**
 * Tiles: what a timeline shows of one level of detail and one stretch of time.
 *
 * Runs in browsers, too. Bytes are little-endian and every column begins at a multiple of its
 * element's size, so that decoding makes views and copies nothing.
 *
 * A tile is: magic, level, number, count of rows, count of flows (each u32), 4 bytes of nothing,
 * begin and end (f64); then the rows; then the columns of flows. A row is: row, depth, count (u32),
 * 4 bytes of nothing; at level 0 begins, ends (f64), names, ids (u32); above it counts, names (u32),
 * buckets (u16), busy (u8), and up to 7 bytes of nothing.
 */

import { TraceIndexError } from "./errors.ts";

/** Buckets of a level that one of its tiles spans. */
export const TILE_BUCKETS = 1024;
/** Width of the buckets of level 1, ns; each further level's are four times as wide. */
export const FINEST_BUCKET_NS = 4096;
/** More levels than 2^53 ns can have. */
export const MAX_LEVEL = 20;
/** Stands for the sender of a flow that was sent outside of an operation. */
export const NO_SLICE = 0xffffffff;

/** Every slice of a row and depth that overlaps the tile, by begin. */
export interface TileSlices {
  readonly row: number;
  readonly depth: number;
  /** ns from the trace's begin. */
  readonly begins: Float64Array;
  readonly ends: Float64Array;
  /** Indices into the names of the index. */
  readonly names: Uint32Array;
  /** Numbers of the slices in the index. */
  readonly ids: Uint32Array;
}

/** Every bucket of a row and depth in which something happened, ascending. */
export interface TileBuckets {
  readonly row: number;
  readonly depth: number;
  /** Counted from the tile's begin. */
  readonly buckets: Uint16Array;
  /** How much of the bucket's time was taken: 1 to 255. Idling takes none. */
  readonly busy: Uint8Array;
  /** Slices that overlap the bucket. */
  readonly counts: Uint32Array;
  /** What took most. */
  readonly names: Uint32Array;
}

/** Calls and interrupts from sender to handler, by the time of sending. */
export interface TileFlows {
  /** ns from the trace's begin. */
  readonly sentNs: Float64Array;
  /** When the handler began, or the time of sending where it already ran. */
  readonly arrivedNs: Float64Array;
  /** The sender's operations; its CPU if it was in none. */
  readonly fromRow: Uint32Array;
  readonly toRow: Uint32Array;
  /** The operation; {@linkcode NO_SLICE} if there was none. */
  readonly fromSlice: Uint32Array;
  /** The handler. */
  readonly toSlice: Uint32Array;
}

/** What a timeline shows of one level of detail and one stretch of time. */
export interface Tile {
  /** 0: slices as they are; above: buckets. */
  readonly level: number;
  /** Counted from the trace's begin. */
  readonly number: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly rows: readonly (TileSlices | TileBuckets)[];
  /** Those that begin or end in the tile; at level 0 only. */
  readonly flows: TileFlows;
}

/** Width of a level's buckets, ns; 0 at level 0, where slices are as they are. */
export function widthOf(level: number): number {
  return level === 0 ? 0 : FINEST_BUCKET_NS * 4 ** (level - 1);
}

/** Time that a tile of a level spans, ns; one of level 0 spans as much as one of level 1. */
export function spanOf(level: number): number {
  return TILE_BUCKETS * widthOf(Math.max(1, level));
}

/** The coarsest level whose buckets are at most two pixels wide, 0 if none are. */
export function levelFor(
  { levels }: { readonly levels: readonly { readonly level: number; readonly widthNs: number }[] },
  nsPerPixel: number,
): number {
  const fine = levels.filter(({ widthNs }) => widthNs <= 2 * nsPerPixel);
  return fine.reduce((coarsest, { level }) => Math.max(coarsest, level), 0);
}

/** Numbers of the tiles of a level that show a stretch of time, as far as the trace reaches. */
export function tilesFor(
  { durationNs }: { readonly durationNs: number },
  level: number,
  fromNs: number,
  toNs: number,
): number[] {
  const span = spanOf(level);
  const first = Math.floor(Math.max(0, fromNs) / span);
  const last = Math.floor(Math.min(durationNs, toNs) / span);
  return last < first ? [] : Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** "flt1" as a number. */
const MAGIC = 0x31746c66;
const HEADER_BYTES = 40;
const ROW_BYTES = 16;
const SLICE_BYTES = 24;
const BUCKET_BYTES = 11;
const FLOW_BYTES = 32;

function columnBytes(level: number, count: number): number {
  const bytes = count * (level === 0 ? SLICE_BYTES : BUCKET_BYTES);
  return Math.ceil(bytes / 8) * 8;
}

/** Four numbers of 32 bits. */
function words(view: DataView, at: number): [number, number, number, number] {
  const word = (index: number): number => view.getUint32(at + 4 * index, true);
  return [word(0), word(1), word(2), word(3)];
}

/** A tile as bytes. */
export function encodeTile(tile: Tile): Uint8Array<ArrayBuffer> {
  const { level, number, rows, flows, fromNs, toNs } = tile;
  const counts = rows.map(({ names }) => names.length);
  const length = HEADER_BYTES + flows.sentNs.length * FLOW_BYTES +
    counts.reduce((sum, count) => sum + ROW_BYTES + columnBytes(level, count), 0);
  const to = new Uint8Array(length);
  const view = new DataView(to.buffer);
  [MAGIC, level, number, rows.length, flows.sentNs.length].forEach((value, index) =>
    view.setUint32(index * 4, value, true)
  );
  view.setFloat64(24, fromNs, true);
  view.setFloat64(32, toNs, true);
  let at = HEADER_BYTES;
  const put = (column: Float64Array | Uint32Array | Uint16Array | Uint8Array): void => {
    to.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  };
  rows.forEach((row, index) => {
    put(Uint32Array.of(row.row, row.depth, counts[index]!, 0));
    const begin = at;
    if ("begins" in row) [row.begins, row.ends, row.names, row.ids].forEach(put);
    else [row.counts, row.names, row.buckets, row.busy].forEach(put);
    at = begin + columnBytes(level, counts[index]!);
  });
  [flows.sentNs, flows.arrivedNs].forEach(put);
  [flows.fromRow, flows.toRow, flows.fromSlice, flows.toSlice].forEach(put);
  return to;
}

/**
 * Reads a tile; its columns are views of the bytes.
 *
 * @throws {TraceIndexError} If the bytes are no tile: nothing beyond them is read or made.
 */
export function decodeTile(bytes: ArrayBuffer): Tile {
  const view = new DataView(bytes);
  if (bytes.byteLength < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) {
    throw new TraceIndexError(
      "Cannot read a tile of the timeline: what came should begin with a tile's mark and does " +
        "not, so it is something else or damaged. Remedy: load the page again",
    );
  }
  const [level, number, rowCount, flowCount] = words(view, 4);
  const [fromNs, toNs] = [view.getFloat64(24, true), view.getFloat64(32, true)];
  if (level > MAX_LEVEL || !(fromNs >= 0 && toNs >= fromNs)) {
    throw new TraceIndexError(
      `Cannot read a tile: level ${level}, from ${fromNs} to ${toNs} ns, cannot be`,
    );
  }
  let at = HEADER_BYTES;
  const take = (size: number, what: string): number => {
    const begin = at;
    if (size > bytes.byteLength - at) {
      throw new TraceIndexError(
        `Cannot read a tile: ${what} need ${size} bytes, ${bytes.byteLength - at} are left`,
      );
    }
    at += size;
    return begin;
  };
  const rows: (TileSlices | TileBuckets)[] = [];
  // A hostile count ends with the bytes: each row takes some
  for (let index = 0; index < rowCount; index++) {
    const [row, depth, count] = words(view, take(ROW_BYTES, "rows"));
    const begin = take(columnBytes(level, count), "slices");
    rows.push({ row, depth, ...columns(bytes, begin, level, count) });
  }
  const flows = flowColumns(bytes, take(flowCount * FLOW_BYTES, "flows"), flowCount);
  if (at !== bytes.byteLength) {
    throw new TraceIndexError(`Cannot read a tile: it has ${bytes.byteLength - at} bytes too many`);
  }
  return { level, number, fromNs, toNs, rows, flows };
}

function columns(
  bytes: ArrayBuffer,
  at: number,
  level: number,
  n: number,
): Omit<TileSlices, "row" | "depth"> | Omit<TileBuckets, "row" | "depth"> {
  return level === 0
    ? {
      begins: new Float64Array(bytes, at, n),
      ends: new Float64Array(bytes, at + 8 * n, n),
      names: new Uint32Array(bytes, at + 16 * n, n),
      ids: new Uint32Array(bytes, at + 20 * n, n),
    }
    : {
      counts: new Uint32Array(bytes, at, n),
      names: new Uint32Array(bytes, at + 4 * n, n),
      buckets: new Uint16Array(bytes, at + 8 * n, n),
      busy: new Uint8Array(bytes, at + 10 * n, n),
    };
}

function flowColumns(bytes: ArrayBuffer, at: number, n: number): TileFlows {
  return {
    sentNs: new Float64Array(bytes, at, n),
    arrivedNs: new Float64Array(bytes, at + 8 * n, n),
    fromRow: new Uint32Array(bytes, at + 16 * n, n),
    toRow: new Uint32Array(bytes, at + 20 * n, n),
    fromSlice: new Uint32Array(bytes, at + 24 * n, n),
    toSlice: new Uint32Array(bytes, at + 28 * n, n),
  };
}
