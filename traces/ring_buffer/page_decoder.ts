import type { PageLayout } from "./header_page.ts";

/*
 * Page format: kernel/trace/ring_buffer.c, include/linux/ring_buffer.h.
 * A record is a 32-bit word, type_len:5 and time_delta:27, and what type_len says.
 */
const TYPE_PADDING = 29;
const TYPE_TIME_EXTEND = 30;
const TYPE_TIME_STAMP = 31;
/** Bits of the commit word that give the bytes used (RB_WRITE_MASK of ring_buffer.c). */
const COMMIT_MASK = 0xfffff;
/** RB_MISSED_EVENTS: events were lost before this page. */
const MISSED_EVENTS = 1 << 31;
/** RB_MISSED_STORED: their number stands behind the data. */
const MISSED_STORED = 1 << 30;
/** Bits of a time that do not fit into an absolute time stamp record (TS_MSB of ring_buffer.c). */
const STAMP_TOP = 0xf8000000;
const TWO_32 = 2 ** 32;
const TWO_27 = 2 ** 27;

/** Number of lost events when the kernel did not say how many. */
export const UNKNOWN_LOSS = -1;

/** Why a page, or the rest of it, could not be decoded. */
export type PageDamage =
  /** Fewer bytes than a page has. */
  | "truncated"
  /** The page says that it holds more bytes than it can. */
  | "bad-commit"
  /** A record reaches beyond the page's data. */
  | "bad-record"
  /** A time is beyond 2^53 ns from the base, or before it. */
  | "bad-time";

/**
 * A point in time that others are given relative to, ns, as two halves of 64 bits; before the
 * clock's begin the upper half is negative.
 */
export interface TimeBase {
  readonly high: number;
  readonly low: number;
}

/** Splits a time into halves. */
export function timeBase(ns: bigint): TimeBase {
  return { high: Number(ns >> 32n), low: Number(BigInt.asUintN(32, ns)) };
}

/**
 * Decodes pages, one after the other, into columns that it uses again for each page.
 *
 * Nothing is allocated per event. After {@linkcode PageDecoder.decode} the first
 * {@linkcode PageDecoder.count} entries of the columns hold the page's events; what was decoded
 * before damage was met counts.
 */
export class PageDecoder {
  /** Times in ns relative to the base: exact, since they stay below 2^53. */
  readonly times: Float64Array;
  /** Where the events begin in the page. */
  readonly offsets: Uint32Array;
  /** Their lengths in bytes, at least 4. */
  readonly lengths: Uint32Array;
  count = 0;
  /** Time of the page itself, ns relative to the base. */
  pageTime = 0;
  /** Events lost before the page: 0 for none, {@linkcode UNKNOWN_LOSS} if the kernel does not say. */
  missed = 0;
  damage: PageDamage | undefined = undefined;
  /** Bytes of data that were not decoded because of damage. */
  bytesLost = 0;

  readonly #layout: PageLayout;
  readonly #base: TimeBase;

  constructor(layout: PageLayout, base: TimeBase = { high: 0, low: 0 }) {
    this.#layout = layout;
    this.#base = base;
    const capacity = (layout.dataBytes >>> 3) + 1;
    this.times = new Float64Array(capacity);
    this.offsets = new Uint32Array(capacity);
    this.lengths = new Uint32Array(capacity);
  }

  /** Decodes one page; shorter ones than the layout says are damaged. */
  decode(page: DataView): void {
    this.count = 0;
    this.missed = 0;
    this.damage = undefined;
    this.bytesLost = 0;
    const { timestampOffset, commitOffset, dataOffset, dataBytes, littleEndian } = this.#layout;
    if (page.byteLength < dataOffset) return this.#damaged("truncated", 0, page.byteLength);
    const high = page.getUint32(timestampOffset + (littleEndian ? 4 : 0), littleEndian);
    const low = page.getUint32(timestampOffset + (littleEndian ? 0 : 4), littleEndian);
    this.pageTime = this.#relative(high, low);
    const commit = this.#commitWord(page, commitOffset);
    const used = commit & COMMIT_MASK;
    if (used > dataBytes) return this.#damaged("bad-commit", 0, dataBytes);
    const end = Math.min(dataOffset + used, page.byteLength);
    if ((commit & MISSED_EVENTS) !== 0) this.missed = this.#storedLoss(page, commit, used);
    if (!timeFits(this.pageTime)) return this.#damaged("bad-time", 0, used);
    this.#records(page, dataOffset, end, high);
    if (this.damage === undefined && end < dataOffset + used) {
      this.#damaged("truncated", this.count, dataOffset + used - end);
    }
  }

  /** The 32 bits that matter of a commit word of 4 or 8 bytes. */
  #commitWord(page: DataView, offset: number): number {
    const { commitBytes, littleEndian } = this.#layout;
    return page.getUint32(littleEndian ? offset : offset + commitBytes - 4, littleEndian);
  }

  /** The count behind the data is an `unsigned long`, as wide as the commit word. */
  #storedLoss(page: DataView, commit: number, used: number): number {
    const { commitBytes, dataOffset, littleEndian } = this.#layout;
    const at = dataOffset + used;
    if ((commit & MISSED_STORED) === 0 || at + commitBytes > page.byteLength) return UNKNOWN_LOSS;
    if (commitBytes === 4) return page.getUint32(at, littleEndian);
    const count = page.getBigUint64(at, littleEndian);
    return count < 2n ** 53n ? Number(count) : UNKNOWN_LOSS;
  }

  /**
   * @param pageHigh Upper half of the page's time.
   */
  #records(page: DataView, begin: number, end: number, pageHigh: number): void {
    const little = this.#layout.littleEndian;
    const { times, offsets, lengths } = this;
    let time = this.pageTime;
    let count = 0;
    let at = begin;
    while (at + 4 <= end) {
      const word = page.getUint32(at, little);
      const type = little ? word & 31 : word >>> 27;
      const delta = little ? word >>> 5 : word & 0x7ffffff;
      at += 4;
      if (type !== 0 && type < TYPE_PADDING) {
        const length = type << 2;
        if (at + length > end) return this.#stop("bad-record", count, end - at + 4);
        time += delta;
        times[count] = time;
        offsets[count] = at;
        lengths[count++] = length;
        at += length;
        continue;
      }
      // A padding without time says that nothing follows (rb_null_event)
      if (type === TYPE_PADDING && delta === 0) break;
      if (at + 4 > end) return this.#stop("bad-record", count, end - at + 4);
      const second = page.getUint32(at, little);
      if (type === TYPE_TIME_EXTEND) {
        time += second * TWO_27 + delta;
      } else if (type === TYPE_TIME_STAMP) {
        time = this.#absolute(second, delta, pageHigh);
      } else {
        // The second word is the length, itself included
        const length = type === TYPE_PADDING ? second : second - 4;
        if (length < 4 || length > end - at - (type === TYPE_PADDING ? 0 : 4)) {
          return this.#stop("bad-record", count, end - at + 4);
        }
        if (type === TYPE_PADDING) {
          // A discarded event: without time of its own the kernel gives it one of 1 ns
          if (delta > 1) time += delta;
          at += length;
          continue;
        }
        time += delta;
        times[count] = time;
        offsets[count] = at + 4;
        lengths[count++] = length;
        at += 4 + length;
        continue;
      }
      if (!timeFits(time)) return this.#stop("bad-time", count, end - at + 4);
      at += 4;
    }
    this.count = count;
  }

  /** An absolute time stamp has 59 bits; the page's own time has the rest (rb_fix_abs_ts). */
  #absolute(second: number, delta: number, pageHigh: number): number {
    const high = ((second >>> 5) | (pageHigh & STAMP_TOP)) >>> 0;
    const low = ((second << 27) | delta) >>> 0;
    return this.#relative(high, low);
  }

  #relative(high: number, low: number): number {
    return (high - this.#base.high) * TWO_32 + (low - this.#base.low);
  }

  #stop(damage: PageDamage, count: number, bytes: number): void {
    this.#damaged(damage, count, bytes);
  }

  #damaged(damage: PageDamage, count: number, bytes: number): void {
    this.damage = damage;
    this.count = count;
    this.bytesLost = bytes;
  }
}

/** Whether a time is after the base and exact as a number. */
function timeFits(time: number): boolean {
  return time >= 0 && time <= Number.MAX_SAFE_INTEGER;
}
