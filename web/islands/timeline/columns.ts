/**
 * One line of the timeline as columns of pixels.
 *
 * However many slices there are, a line costs as much as it has pixels: slices and buckets only add
 * what share of a column they take, and the column gets the colour of what takes most of it.
 */

import { SHADES } from "./colour.ts";

/** Stands for no name. */
export const NO_NAME = 0xffffffff;
/** From this width on, columns, a slice ends with a gap, so that it can be told from the next. */
const GAP_FROM = 4;

/** The columns of one line. */
export class Columns {
  readonly width: number;
  /** Share of each column that is taken. */
  readonly #taken: Float32Array;
  /** The greatest share that one name takes. */
  readonly #most: Float32Array;
  /** That name. */
  readonly names: Uint32Array;

  /** @param width Number of columns. */
  constructor(width: number) {
    this.width = width;
    this.#taken = new Float32Array(width);
    this.#most = new Float32Array(width);
    this.names = new Uint32Array(width);
  }

  /** Begins a line. */
  clear(): void {
    this.#taken.fill(0);
    this.#most.fill(0);
    this.names.fill(NO_NAME);
  }

  /**
   * Adds a slice.
   *
   * @param x0 Its begin, in columns.
   * @param x1 Its end.
   * @param ends Whether the slice itself ends there, so that a gap may follow.
   */
  slice(x0: number, x1: number, name: number, ends: boolean): void {
    this.bucket(x0, ends && x1 - x0 >= GAP_FROM ? x1 - 1 : x1, 1, name);
  }

  /**
   * Adds a stretch that is partly taken.
   *
   * @param share How much of it is taken, 0 to 1.
   */
  bucket(x0: number, x1: number, share: number, name: number): void {
    const from = Math.max(x0, 0);
    const to = Math.min(x1, this.width);
    if (!(to > from)) return;
    const first = Math.floor(from);
    const last = Math.ceil(to) - 1;
    if (first === last) return this.#add(first, (to - from) * share, name);
    this.#add(first, (first + 1 - from) * share, name);
    for (let column = first + 1; column < last; column++) this.#add(column, share, name);
    this.#add(last, (to - last) * share, name);
  }

  #add(column: number, share: number, name: number): void {
    this.#taken[column]! += share;
    if (share <= this.#most[column]!) return;
    this.#most[column] = share;
    this.names[column] = name;
  }

  /** Share of a column that is taken, 0 to 1. */
  taken(column: number): number {
    return Math.min(this.#taken[column]!, 1);
  }

  /**
   * Writes the line's pixels.
   *
   * @param pixels Of an image.
   * @param offset Of the line's first pixel in it.
   * @param colours The colour of each name.
   * @param shades See `shadesOf()`.
   */
  write(pixels: Uint32Array, offset: number, colours: Uint8Array, shades: Uint32Array): void {
    for (let column = 0; column < this.width; column++) {
      const name = this.names[column]!;
      if (name === NO_NAME) {
        pixels[offset + column] = 0;
        continue;
      }
      const shade = Math.round(Math.min(this.#taken[column]!, 1) * (SHADES - 1));
      pixels[offset + column] = shades[colours[name]! * SHADES + shade]!;
    }
  }
}
