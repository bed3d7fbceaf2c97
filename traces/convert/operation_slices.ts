import { argument, category } from "../perfetto/names.ts";
import type { TrackEventWriter } from "../perfetto/track_events.ts";
import type { TraceIndexBuilder } from "../index/index_builder.ts";
import type { Operations } from "./operations.ts";
import type { TraceTracks } from "./trace_tracks.ts";

/** An operation that runs at the point in time that was reached. */
export interface RunningOperation {
  /** Index into the columns. */
  readonly index: number;
  readonly flows: number[];
  readonly targets: Set<number>;
}

/** Follows the operations through time and writes each when it has ended. */
export class OperationSlices {
  /** Operations that overlap another one of their thread, or whose process is unknown: left out. */
  rejected = 0;
  written = 0;
  readonly #running = new Map<number, RunningOperation>();
  readonly #lastEnd = new Map<number, number>();
  #next = 0;

  constructor(
    private readonly operations: Operations,
    private readonly techniques: readonly string[],
    private readonly events: TrackEventWriter,
    private readonly tracks: TraceTracks,
    private readonly index: TraceIndexBuilder | undefined,
  ) {}

  /** The operation that a thread is in. */
  of(tid: number): RunningOperation | undefined {
    return this.#running.get(tid);
  }

  /** The one operation that runs on another CPU than this; `undefined` if none, or several, do. */
  onlyOneBeside(cpu: number): RunningOperation | undefined {
    let found: RunningOperation | undefined;
    for (const operation of this.#running.values()) {
      if (this.operations.cpus[operation.index] === cpu) continue;
      if (found !== undefined) return undefined;
      found = operation;
    }
    return found;
  }

  /** Number of an operation in the capture. */
  idOf({ index }: RunningOperation): number {
    return this.operations.ids[index]!;
  }

  /** Thread of an operation and its CPU at the begin. */
  placeOf({ index }: RunningOperation): { cpu: number; tid: number } {
    return { cpu: this.operations.cpus[index]!, tid: this.operations.tids[index]! };
  }

  /**
   * Goes on to a point in time, ns relative to the base.
   *
   * @param enough Asked after each operation: whether to pause, since much was written.
   * @returns Whether the time was reached.
   */
  advance(time: number, enough: () => boolean = () => false): boolean {
    const { begins, ends, tids, count } = this.operations;
    while (this.#next < count && begins[this.#next]! <= time) {
      if (enough()) return false;
      const index = this.#next++;
      const tid = tids[index]!;
      const before = this.#running.get(tid);
      if (before !== undefined && ends[before.index]! <= begins[index]!) this.#end(tid, before);
      const overlaps = begins[index]! < (this.#lastEnd.get(tid) ?? 0);
      if (overlaps || this.tracks.thread(tid) === undefined) {
        this.rejected++;
        continue;
      }
      this.#lastEnd.set(tid, ends[index]!);
      this.#running.set(tid, { index, flows: [], targets: new Set() });
    }
    for (const [tid, operation] of this.#running) {
      if (ends[operation.index]! < time) this.#end(tid, operation);
    }
    return true;
  }

  #end(tid: number, { index, flows, targets: reached }: RunningOperation): void {
    this.#running.delete(tid);
    const { begins, ends, techniques, kept, cpus, ids } = this.operations;
    const track = this.tracks.thread(tid)!;
    const technique = this.techniques[techniques[index]!] ?? `technique ${techniques[index]}`;
    const targets = [...reached].sort((one, other) => one - other);
    this.events.begin({
      track,
      time: begins[index]!,
      category: category.operation,
      name: technique,
      flows,
      annotations: {
        [argument.operation]: ids[index]!,
        [argument.technique]: technique,
        [argument.kept]: kept[index]!,
        [argument.cpu]: cpus[index]!,
        [argument.sends]: flows.length,
        [argument.targets]: targets.length === 0 ? undefined : targets.join(","),
      },
    });
    this.events.end(track, ends[index]!);
    this.written++;
    this.index?.operation({
      tid,
      begin: begins[index]!,
      end: ends[index]!,
      technique,
      id: ids[index]!,
      cpu: cpus[index]!,
      kept: kept[index] === 1,
      sends: flows.length,
      targets,
      flows,
    });
  }
}
