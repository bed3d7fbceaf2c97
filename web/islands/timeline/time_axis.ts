/** From times to pixels, for one picture. */
export class TimeAxis {
  /** The time at the left edge: a whole number of columns, so that a pan moves whole pixels. */
  readonly originNs: number;
  readonly nsPerColumn: number;
  /** CSS pixels per ns. */
  readonly #scale: number;

  /**
   * @param fromNs The first time that is visible.
   * @param span How much is visible, ns.
   * @param width CSS pixels.
   * @param columns Pixels of the screen.
   */
  constructor(fromNs: number, span: number, width: number, columns: number) {
    this.nsPerColumn = span / Math.max(columns, 1);
    this.originNs = Math.round(fromNs / this.nsPerColumn) * this.nsPerColumn;
    this.#scale = width / span;
  }

  /** Where a time is, CSS pixels from the left edge. */
  x(ns: number): number {
    return (ns - this.originNs) * this.#scale;
  }

  /** Where a time is, pixels of the screen. */
  column(ns: number): number {
    return (ns - this.originNs) / this.nsPerColumn;
  }

  /** The time at a place, CSS pixels. */
  ns(x: number): number {
    return this.originNs + x / this.#scale;
  }
}
