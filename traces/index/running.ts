/**
 * Who ran on each CPU.
 *
 * A run has both ends where the kernel recorded both switches. Tracing may be off between, and
 * events may be lost; but every event names the thread that ran when it happened. So a run whose
 * begin was not recorded begins with the first event of its thread, and one whose end was not ends
 * with the last, or with the trace: what is shown was so, and it is marked as incomplete.
 */

import type { Lane } from "./lanes.ts";
import { markOf } from "./slice_marks.ts";

const COMPLETE = markOf(false, null);
const INCOMPLETE = markOf(true, null);

/** Number of a thread's name, as it is known by now. */
export type NameOf = (tid: number) => number;

/** Who runs on one CPU. */
export class RunningThread {
  #tid = -1;
  #name = 0;
  #since = 0;
  /** Whether the switch to it was recorded. */
  #begun = false;
  #last = 0;
  /** Who ran before, until the new thread's first event. */
  #before = -1;

  constructor(private readonly lane: Lane, private readonly nameOf: NameOf) {}

  /** An event told that a thread ran. */
  ran(tid: number, time: number): void {
    if (tid === this.#tid) {
      this.#last = time;
      this.#before = -1;
    } else if (tid !== this.#before) {
      this.#replace(tid, time);
    }
    // Else the switch is still going on: its TLB flush is an event of the thread before
  }

  /** One thread followed another. @param name Of the thread that runs from now on. */
  switched(from: number, to: number, name: number, time: number): void {
    if (from !== this.#tid) this.#replace(from, time);
    // What begins and ends with this event says nothing
    if (this.#begun || this.#since < time) {
      this.lane.add(this.#since, time, this.#name, this.#begun ? COMPLETE : INCOMPLETE);
    }
    this.#before = from;
    this.#tid = to;
    this.#name = name;
    this.#since = this.#last = time;
    this.#begun = true;
  }

  finish(end: number): void {
    this.#last = end;
    this.#abandon();
    this.#tid = -1;
  }

  #replace(tid: number, time: number): void {
    this.#abandon();
    this.#before = -1;
    this.#tid = tid;
    this.#name = this.nameOf(tid);
    this.#since = this.#last = time;
    this.#begun = false;
  }

  /** The end was not recorded. */
  #abandon(): void {
    if (this.#tid < 0) return;
    this.lane.add(this.#since, this.#last, this.#name, INCOMPLETE);
  }
}

/** Who runs on all CPUs. */
export class RunningThreads {
  readonly #byCpu = new Map<number, RunningThread>();

  /** @param laneOf Where the slices of a CPU go. */
  constructor(private readonly laneOf: (cpu: number) => Lane, private readonly nameOf: NameOf) {}

  /** Who runs on a CPU. */
  on(cpu: number): RunningThread {
    let running = this.#byCpu.get(cpu);
    if (running === undefined) {
      this.#byCpu.set(cpu, running = new RunningThread(this.laneOf(cpu), this.nameOf));
    }
    return running;
  }

  finish(end: number): void {
    for (const running of this.#byCpu.values()) running.finish(end);
    this.#byCpu.clear();
  }
}
