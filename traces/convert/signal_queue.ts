import type { Signal } from "./signals.ts";

/** Brings the signals of all CPUs into the order of time, as far as it is known. */
export class SignalQueue {
  #waiting: Signal[] = [];

  add(signal: Signal): void {
    this.#waiting.push(signal);
  }

  /**
   * Takes out the signals before a point in time, in order.
   *
   * @param until ns relative to the base; no CPU will add an earlier one any more.
   */
  take(until: number): readonly Signal[] {
    if (this.#waiting.length === 0) return [];
    const ready: Signal[] = [];
    const rest: Signal[] = [];
    for (const signal of this.#waiting) (signal.time < until ? ready : rest).push(signal);
    this.#waiting = rest;
    return ready.sort((one, other) => one.time - other.time);
  }
}
