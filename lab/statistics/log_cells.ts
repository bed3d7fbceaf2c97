import type { Histogram } from "../format/histogram_schema.ts";
import { bucketBounds } from "./histogram.ts";

/** A logarithmic axis; both ends in picoseconds, `low` above 0 and not above `high`. */
export interface LogAxis {
  /** The left end, picoseconds. */
  low: number;
  /** The right end, picoseconds. */
  high: number;
}

/** The position of a value on the axis: 0 at its left end, 1 at its right end, clamped to both. */
function position(axis: LogAxis, picoseconds: number): number {
  const span = Math.log(axis.high / axis.low);
  if (span === 0) return 0.5;
  return Math.min(1, Math.max(0, Math.log(picoseconds / axis.low) / span));
}

/**
 * Counts the samples of a histogram in cells of equal width on a logarithmic axis.
 *
 * A bucket wider than a cell is spread over the cells it covers, so that a short axis shows no gaps
 * that the samples do not have. What lies outside the axis goes into the first or the last cell.
 *
 * @returns One count per cell; fractions where a bucket was spread. Their sum is that of the samples.
 */
export function logCells(histogram: Histogram, axis: LogAxis, cells: number): number[] {
  const counts = new Array<number>(cells).fill(0);
  for (let place = 0; place < histogram.index.length; place++) {
    const { low, width } = bucketBounds(histogram.index[place]!, histogram.precisionBits);
    const from = position(axis, low) * cells;
    const to = position(axis, low + width) * cells;
    spread(counts, from, to, histogram.count[place]!);
  }
  return counts;
}

/** Adds `amount` to the cells between two positions, to each in proportion to what is covered. */
function spread(counts: number[], from: number, to: number, amount: number): void {
  const first = Math.min(counts.length - 1, Math.floor(from));
  const last = Math.min(counts.length - 1, Math.floor(to));
  if (first === last) {
    counts[first]! += amount;
    return;
  }
  for (let cell = first; cell <= last; cell++) {
    const covered = Math.min(to, cell + 1) - Math.max(from, cell);
    counts[cell]! += amount * covered / (to - from);
  }
}
