/** Slices as they come, by row and depth. */

import { GrowingNumbers, GrowingTimes } from "./growing.ts";
import type { IndexRow } from "./meta.ts";

/** The slices of one row and depth, by begin; none overlaps another. */
export class Lane {
  /** Counted from 0, in the order in which lanes were made. */
  readonly number: number;
  readonly kind: IndexRow["kind"];
  /** CPU, or thread of operations. */
  readonly owner: number;
  readonly depth: number;
  readonly begins = new GrowingTimes();
  readonly ends = new GrowingTimes();
  readonly names = new GrowingNumbers();
  /** What the index keeps of a slice beside its name: see slice_marks.ts. */
  readonly marks = new GrowingNumbers();

  #lastBegin = 0;
  #lastEnd = 0;

  constructor(number: number, kind: IndexRow["kind"], owner: number, depth: number) {
    this.number = number;
    this.kind = kind;
    this.owner = owner;
    this.depth = depth;
  }

  /**
   * Adds a slice.
   *
   * Where it overlaps the one before, that one is cut short; one that begins even before that one
   * loses its own begin.
   *
   * @returns Its place in the lane.
   */
  add(begin: number, end: number, name: number, mark = 0): number {
    const place = this.begins.length;
    let from = begin;
    if (begin < this.#lastEnd) {
      from = Math.max(begin, this.#lastBegin);
      this.ends.put(place - 1, from);
    }
    this.begins.push(this.#lastBegin = from);
    this.ends.push(this.#lastEnd = Math.max(from, end));
    this.names.push(name);
    this.marks.push(mark);
    return place;
  }
}

/** Kinds of rows; those of CPUs come before those of threads, in this order for each CPU. */
const KINDS: readonly IndexRow["kind"][] = ["cpu", "interrupts", "operations"];

/** The lanes of a trace. */
export class Lanes {
  /** By depth and kind, by owner. */
  readonly #lanes = new Map<string, Map<number, Lane>>();
  #count = 0;

  /** The lane of a CPU, or of a thread's operations; made if need be. */
  of(kind: IndexRow["kind"], owner: number, depth: 0 | 1 = 0): Lane {
    const group = depth === 0 ? kind : "called";
    let lanes = this.#lanes.get(group);
    if (lanes === undefined) this.#lanes.set(group, lanes = new Map());
    let lane = lanes.get(owner);
    if (lane === undefined) {
      lanes.set(owner, lane = new Lane(this.#count++, kind, owner, depth));
    }
    return lane;
  }

  /** In the order of the index: CPU by CPU who runs, handlers and functions; then operations. */
  ordered(): Lane[] {
    const isLast = ({ kind }: Lane): number => kind === "operations" ? 1 : 0;
    return [...this.#lanes.values()].flatMap((lanes) => [...lanes.values()]).sort((one, other) =>
      isLast(one) - isLast(other) || one.owner - other.owner ||
      KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || one.depth - other.depth
    );
  }
}
