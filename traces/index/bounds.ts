/** Places in ascending columns, by halving. */

/** The first place from `low` up to `high` whose value is at least this; `high` if there is none. */
export function firstNotBelow(
  column: Float64Array | Uint32Array | Uint16Array,
  value: number,
  low = 0,
  high = column.length,
): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place whose value is greater than this; the length if there is none. */
export function firstAbove(
  column: Float64Array | Uint32Array | Uint16Array,
  value: number,
): number {
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
