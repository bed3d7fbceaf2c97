import type { TimeBase } from "../ring_buffer/page_decoder.ts";

/** Size of a record of `ops.bin`, bytes. */
export const OPERATION_BYTES = 40;
/** Flag of a record: the sample counts in the statistics. */
const FLAG_KEPT = 1;
const TWO_32 = 2 ** 32;

/** The lab's own operations, as columns, ordered by their begin. */
export class Operations {
  readonly count: number;
  /** Times in ns relative to the base. */
  readonly begins: Float64Array;
  readonly ends: Float64Array;
  readonly tids: Uint32Array;
  readonly cpus: Uint32Array;
  readonly techniques: Uint32Array;
  readonly kept: Uint8Array;
  readonly ids: Float64Array;
  /** Records that end before they begin, lie before the base, or are cut off: left out. */
  readonly rejected: number;

  /**
   * Reads records of 40 bytes, little-endian: u64 beginNs, u64 endNs (CLOCK_BOOTTIME), u32 tid,
   * u32 cpuBegin, u32 technique, u32 flags (bit 0: sample kept), u64 opId.
   */
  constructor(bytes: Uint8Array, base: TimeBase) {
    const records = Math.floor(bytes.length / OPERATION_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const time = (at: number): number =>
      (view.getUint32(at + 4, true) - base.high) * TWO_32 + view.getUint32(at, true) - base.low;
    const good: number[] = [];
    for (let at = 0; at < records * OPERATION_BYTES; at += OPERATION_BYTES) {
      const begin = time(at);
      const end = time(at + 8);
      if (begin >= 0 && end >= begin && end <= Number.MAX_SAFE_INTEGER) good.push(at);
    }
    if (good.some((at, index) => index > 0 && time(good[index - 1]!) > time(at))) {
      good.sort((one, other) => time(one) - time(other) || one - other);
    }
    this.count = good.length;
    this.rejected = Math.ceil(bytes.length / OPERATION_BYTES) - good.length;
    this.begins = Float64Array.from(good, time);
    this.ends = Float64Array.from(good, (at) => time(at + 8));
    this.tids = Uint32Array.from(good, (at) => view.getUint32(at + 16, true));
    this.cpus = Uint32Array.from(good, (at) => view.getUint32(at + 20, true));
    this.techniques = Uint32Array.from(good, (at) => view.getUint32(at + 24, true));
    this.kept = Uint8Array.from(good, (at) => view.getUint32(at + 28, true) & FLAG_KEPT);
    this.ids = Float64Array.from(good, (at) => Number(view.getBigUint64(at + 32, true)));
  }
}
