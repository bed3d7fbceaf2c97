/** Gathers what an index holds while a trace is converted, or from answers to SQL. */

import type { IndexColumns } from "./columns.ts";
import { Lanes } from "./lanes.ts";
import { GrowingNumbers, GrowingTimes } from "./growing.ts";
import type { TraceIndexMeta } from "./meta.ts";
import { Names } from "./names.ts";
import { RunningThreads } from "./running.ts";

/** A trace as a whole. */
export interface TraceFacts {
  /** Upper half of the base of all times; its lower half is 0. */
  readonly baseHigh: number;
  /** Time of the first and the last kernel event, ns relative to the base. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly events: number;
  readonly lost: number;
  readonly arch: string | null;
  readonly kernel: string | null;
  readonly threads: readonly { tid: number; tgid: number; comm: string }[];
}

/** An operation of the lab. */
export interface IndexedOperation {
  readonly tid: number;
  readonly begin: number;
  readonly end: number;
  readonly technique: string;
  /** Its number in the capture. */
  readonly id: number;
  readonly cpu: number;
  readonly kept: boolean;
  /** Calls and interrupts that it sent. */
  readonly sends: number;
  /** CPUs that it interrupted, ascending. */
  readonly targets: readonly number[];
  /** Numbers of its flows. */
  readonly flows: readonly number[];
}

/** A handler that served a call or an interrupt. */
export interface Arrival {
  /** Number of the flow; the operation that sent it names it, too. */
  readonly flow: number;
  readonly sent: number;
  readonly senderCpu: number;
  readonly cpu: number;
  /** The handler's place in its lane. */
  readonly handler: number;
}

export interface BuiltIndex {
  readonly meta: TraceIndexMeta;
  readonly columns: IndexColumns;
}

/** Takes slices and flows; times are ns relative to the base of the trace. */
export class TraceIndexBuilder {
  readonly names = new Names();
  readonly lanes = new Lanes();
  readonly running: RunningThreads = new RunningThreads(
    (cpu) => this.lanes.of("cpu", cpu),
    (tid) => this.names.known(tid),
  );
  /** Operations, in the order in which they came. */
  readonly operations = {
    lanes: new GrowingNumbers(),
    places: new GrowingNumbers(),
    ids: new GrowingTimes(),
    cpus: new GrowingNumbers(),
    sends: new GrowingNumbers(),
    kept: new GrowingNumbers(),
    targetCounts: new GrowingNumbers(),
    targets: new GrowingNumbers(),
  };
  /** The operation of each flow, by the flow's number: one more than its place; 0: none. */
  readonly senders = new GrowingNumbers();
  /** Flows that arrived. */
  readonly arrivals = {
    flows: new GrowingNumbers(),
    sent: new GrowingTimes(),
    senderCpus: new GrowingNumbers(),
    cpus: new GrowingNumbers(),
    handlers: new GrowingNumbers(),
  };
  #facts: TraceFacts | undefined = undefined;

  /** Adds an operation; those of one thread come in the order of time. */
  operation(one: IndexedOperation): void {
    const lane = this.lanes.of("operations", one.tid);
    const { operations } = this;
    operations.lanes.push(lane.number);
    operations.places.push(
      lane.add(one.begin, one.end, this.names.of("technique", one.technique)),
    );
    operations.ids.push(one.id);
    operations.cpus.push(one.cpu);
    operations.sends.push(one.sends);
    operations.kept.push(one.kept ? 1 : 0);
    operations.targetCounts.push(one.targets.length);
    for (const target of one.targets) operations.targets.push(target);
    for (const flow of one.flows) this.senders.put(flow, operations.lanes.length);
  }

  /**
   * Adds a handler; those of one CPU come in the order of time.
   *
   * @returns Its place in its lane.
   */
  handler(cpu: number, begin: number, end: number, name: string, mark: number): number {
    const lane = this.lanes.of("interrupts", cpu);
    return lane.add(begin, end, this.names.of("handler", name), mark);
  }

  /** Adds a function that the last handler of a CPU called. */
  call(cpu: number, begin: number, end: number, name: string, mark: number): void {
    this.lanes.of("interrupts", cpu, 1).add(begin, end, this.names.of("function", name), mark);
  }

  /** Adds a flow that reached its handler. */
  arrival({ flow, sent, senderCpu, cpu, handler }: Arrival): void {
    this.arrivals.flows.push(flow);
    this.arrivals.sent.push(sent);
    this.arrivals.senderCpus.push(senderCpu);
    this.arrivals.cpus.push(cpu);
    this.arrivals.handlers.push(handler);
  }

  /** Says what the trace is; the last that is to be added. */
  describe(facts: TraceFacts): void {
    this.#facts = facts;
  }

  /** What the trace is. @throws {RangeError} If it was not described. */
  get facts(): TraceFacts {
    if (this.#facts === undefined) throw new RangeError("The trace of the index is not described");
    return this.#facts;
  }
}
