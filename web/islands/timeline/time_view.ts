/** The shortest part of a trace that is shown, ns: below this nothing more is to be seen. */
export const SHORTEST_NS = 50;

/**
 * The part of the trace that is visible: from one time to another, both in ns since the trace's
 * begin, never outside of the trace.
 */
export class TimeView {
  readonly durationNs: number;
  #from = 0;
  #to: number;

  /** @param durationNs Of the trace; positive. */
  constructor(durationNs: number) {
    this.durationNs = Math.max(durationNs, SHORTEST_NS);
    this.#to = this.durationNs;
  }

  /** The first time that is visible. */
  get from(): number {
    return this.#from;
  }

  /** The last time that is visible. */
  get to(): number {
    return this.#to;
  }

  /** How much time is visible. */
  get span(): number {
    return this.#to - this.#from;
  }

  /** Shows a part; one that is too short or reaches past the trace is moved and widened. */
  show(from: number, to: number): void {
    const span = Math.min(Math.max(to - from, SHORTEST_NS), this.durationNs);
    const centred = to - from < span ? (from + to - span) / 2 : from;
    this.#from = Math.min(Math.max(centred, 0), this.durationNs - span);
    this.#to = this.#from + span;
  }

  /**
   * Makes the visible time longer or shorter.
   *
   * @param factor The new span in terms of the old.
   * @param at The time that stays where it is on the screen.
   */
  zoom(factor: number, at: number): void {
    const span = Math.min(Math.max(this.span * factor, SHORTEST_NS), this.durationNs);
    const left = (at - this.#from) / this.span;
    this.#from = Math.min(Math.max(at - left * span, 0), this.durationNs - span);
    this.#to = this.#from + span;
  }

  /** Moves by a time; the span stays. */
  pan(ns: number): void {
    const { span } = this;
    this.#from = Math.min(Math.max(this.#from + ns, 0), this.durationNs - span);
    this.#to = this.#from + span;
  }

  /** Shows a slice so that it is about a third of the width. */
  frame(beginNs: number, endNs: number): void {
    const length = Math.max(endNs - beginNs, SHORTEST_NS / 3);
    const middle = (beginNs + endNs) / 2;
    this.show(middle - 1.5 * length, middle + 1.5 * length);
  }

  /** Moves, if nothing of a time is visible, so that it is; the span stays. */
  reveal(beginNs: number, endNs: number): void {
    if (endNs >= this.#from && beginNs <= this.#to) return;
    this.pan((beginNs + endNs) / 2 - (this.#from + this.#to) / 2);
  }
}
