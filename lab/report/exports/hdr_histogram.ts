/**
 * Encodes a histogram as HdrHistogram does: "V2" with zlib (HdrHistogram 2.1.12, class
 * AbstractHistogram, encodeIntoCompressedByteBuffer()).
 */

import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import type { Histogram } from "../../experiments/run/run_schema.ts";
import { bucketBounds, bucketOf } from "../../statistics/histogram.ts";

/** encodingCookieBase and compressedEncodingCookieBase of V2, with the low bits that mean "V2". */
const COOKIE = 0x1c849303 | 0x10;
const COMPRESSED_COOKIE = 0x1c849304 | 0x10;

/**
 * Two significant digits make HdrHistogram cut each power of two into 128, as our histograms with 7
 * bits are cut: the numbers of the buckets are the same.
 */
const DIGITS = 2;
const PRECISION_BITS = 7;

const HEADER_BYTES = 40;

/** Encodes a histogram; its values are integers in picoseconds. */
export function encodeHistogram(histogram: Histogram): Buffer {
  const counts = countsOf(histogram);
  const payload = zigZag(counts);
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, COOKIE);
  view.setInt32(4, payload.length);
  view.setInt32(8, 0); // normalizingIndexOffset: never shifted
  view.setInt32(12, DIGITS);
  view.setBigInt64(16, 1n); // lowestDiscernibleValue
  view.setBigInt64(24, highestTrackable(counts.length));
  view.setFloat64(32, 1); // integerToDoubleValueConversionRatio
  bytes.set(payload, HEADER_BYTES);
  return compressed(bytes);
}

function compressed(bytes: Uint8Array): Buffer {
  const deflated = deflateSync(bytes);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(COMPRESSED_COOKIE, 0);
  head.writeInt32BE(deflated.length, 4);
  return Buffer.concat([head, deflated]);
}

/** Counts by bucket, up to the last that holds a sample. */
function countsOf({ precisionBits, index, count }: Histogram): number[] {
  const buckets = index.map((bucket) => {
    if (precisionBits === PRECISION_BITS) return bucket;
    const { low, width } = bucketBounds(bucket, precisionBits);
    return bucketOf(low + Math.floor((width - 1) / 2), PRECISION_BITS);
  });
  const counts = new Array<number>((buckets.at(-1) ?? 0) + 1).fill(0);
  for (const [place, bucket] of buckets.entries()) counts[bucket]! += count[place]!;
  return counts;
}

/** A value that needs at least as many buckets, at least twice the lowest one. */
function highestTrackable(buckets: number): bigint {
  const { low, width } = bucketBounds(Math.max(1, buckets - 1), PRECISION_BITS);
  return BigInt(Math.max(2, low + width - 1));
}

/** ZigZag and LEB128 with at most nine bytes; a negative number is a run of as many noughts. */
function zigZag(counts: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < counts.length;) {
    let value = BigInt(counts[at++]!);
    if (value === 0n) {
      let noughts = 1;
      while (at < counts.length && counts[at] === 0) {
        noughts++;
        at++;
      }
      value = BigInt(-noughts);
    }
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    // The ninth byte holds eight bits, so that 64 bits fit
    for (let length = 1; length < 9 && rest >= 0x80n; length++) {
      bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
  }
  return Uint8Array.from(bytes);
}
