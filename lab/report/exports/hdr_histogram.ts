/** Encodes a histogram as HdrHistogram does: "V2", compressed and in base64. */

import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import type { Histogram } from "../../format/histogram_schema.ts";
import { bucketBounds } from "../../statistics/histogram.ts";

/**
 * Two significant digits make HdrHistogram cut each power of two into 128, as our histograms with 7
 * bits are cut: no sample gets into another bucket.
 */
const DIGITS = 2;

/** Encodes a histogram; its values are integers in picoseconds. */
export function encodeHistogram({ precisionBits, index, count }: Histogram): string {
  const buckets = index.map((bucket) => bucketBounds(bucket, precisionBits));
  const highest = Math.max(...buckets.map(({ low, width }) => low + width - 1), 2);
  const written = build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: highest,
    numberOfSignificantValueDigits: DIGITS,
  });
  for (const [at, { low, width }] of buckets.entries()) {
    written.recordValueWithCount(low + Math.floor((width - 1) / 2), count[at]!);
  }
  return encodeIntoCompressedBase64(written);
}
