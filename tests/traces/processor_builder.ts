/** Small Perfetto traces whose every nanosecond is known, for tests of the SQL modules. */

import { concatBytes } from "../../traces/protobuf/concat_bytes.ts";
import { encodeMessage, type ProtoField } from "../../traces/protobuf/proto_writer.ts";

/** Value of an argument: a text, or an integer. */
export type Argument = string | number;

/** A slice of TrackEvent. */
export interface Slice {
  readonly track: number;
  readonly ts: number;
  readonly dur: number;
  readonly name: string;
  readonly category: string;
  readonly args?: Readonly<Record<string, Argument>>;
  /** Flows that start or end here. */
  readonly flows?: readonly number[];
}

/** A thread switching in, for `sched`. */
export interface Switch {
  readonly cpu: number;
  readonly ts: number;
  /** Thread that goes, and its state as in include/linux/sched.h: 0 preempted, 1 asleep. */
  readonly from: number;
  readonly state: number;
  readonly to: number;
}

/** An event that describes itself. */
export interface GenericEvent {
  readonly cpu: number;
  readonly ts: number;
  readonly tid: number;
  readonly name: string;
  readonly fields: Readonly<Record<string, Argument>>;
}

/** Numbers of packets, tracks and events: protos/perfetto/trace of Perfetto v55.3. */
const SEQUENCE = 7;
const GENERIC_BASE = 65536;
const BOOTTIME = 6;

/** Collects the packets of a trace; times are CLOCK_BOOTTIME in ns. */
export class TraceBuilder {
  readonly #events: { ts: number; packet: Uint8Array }[] = [];
  readonly #ftrace = new Map<number, { ts: number; field: ProtoField }[]>();
  readonly #descriptors = new Map<string, { id: number; descriptor: Uint8Array }>();
  readonly #processes = new Set<number>();
  readonly #head: Uint8Array[] = [
    packet([[6, [[1, [[1, BOOTTIME], [2, 1]]], [1, [[1, 3], [2, 1]]], [1, [[1, 1], [2, 1]]]]]]),
    packet([[45, [[1, [[1, "Linux"], [3, "6.18"], [4, "x86_64"]]]]]]),
    packet([[10, SEQUENCE], [13, 1], [59, [[58, BOOTTIME]]]]),
  ];

  /** Names a thread; its process takes the name of the first. */
  thread(tid: number, tgid: number, name: string): void {
    const thread: ProtoField = [2, [[1, tid], [2, name], [3, tgid]]];
    const process: ProtoField[] = this.#processes.has(tgid) ? [] : [[1, [[1, tgid], [3, name]]]];
    this.#processes.add(tgid);
    this.#head.push(packet([[2, [...process, thread]]]));
  }

  /** Declares the track of a thread's operations. */
  operationTrack(uuid: number, tid: number, tgid: number): void {
    const thread: ProtoField = [4, [[1, tgid], [2, tid]]];
    this.#head.push(packet([[60, [[1, uuid], [2, "fencelab operations"], thread, [9, 1]]]]));
  }

  /** Declares a track with a name only. */
  namedTrack(uuid: number, name: string): void {
    this.#head.push(packet([[60, [[1, uuid], [2, name]]]]));
  }

  slice(slice: Slice): void {
    const args = Object.entries(slice.args ?? {}).map(([name, value]): ProtoField => [
      4,
      [[10, name], typeof value === "string" ? [6, value] : [4, value]],
    ]);
    const flows = (slice.flows ?? []).map((id): ProtoField => [36, id]);
    const begin: ProtoField[] = [[9, 1], [11, slice.track], [23, slice.name], [22, slice.category]];
    this.#trackEvent(slice.ts, [...begin, ...args, ...flows]);
    this.#trackEvent(slice.ts + slice.dur, [[9, 2], [11, slice.track]]);
  }

  /** A mark without duration, as {@linkcode slice}. */
  instant(slice: Omit<Slice, "dur">): void {
    const args = Object.entries(slice.args ?? {}).map(([name, value]): ProtoField => [
      4,
      [[10, name], typeof value === "string" ? [6, value] : [4, value]],
    ]);
    this.#trackEvent(slice.ts, [
      [9, 3],
      [11, slice.track],
      [23, slice.name],
      [22, slice.category],
      ...args,
    ]);
  }

  switch({ cpu, ts, from, state, to }: Switch): void {
    const comm = (tid: number): string => tid === 0 ? `swapper/${cpu}` : `t${tid}`;
    this.#ftraceEvent(cpu, ts, [
      [2, from],
      [4, [[1, comm(from)], [2, from], [3, 120], [4, state], [5, comm(to)], [6, to], [7, 120]]],
    ]);
  }

  /** A system call of a thread: `sys_enter` and `sys_exit`. */
  syscall(cpu: number, tid: number, ts: number, dur: number, id: number): void {
    this.#ftraceEvent(cpu, ts, [[2, tid], [329, [[1, id]]]]);
    this.#ftraceEvent(cpu, ts + dur, [[2, tid], [330, [[1, id], [2, 0]]]]);
  }

  /** The local timer's interrupt. */
  localTimer(cpu: number, tid: number, ts: number, dur: number): void {
    this.#ftraceEvent(cpu, ts, [[2, tid], [559, [[1, 236]]]]);
    this.#ftraceEvent(cpu, ts + dur, [[2, tid], [560, [[1, 236]]]]);
  }

  generic({ cpu, ts, tid, name, fields }: GenericEvent): void {
    const names = Object.keys(fields);
    const known = this.#descriptors.get(name) ?? {
      id: GENERIC_BASE + this.#descriptors.size,
      descriptor: encodeMessage([
        [1, name],
        ...names.map((field, i): ProtoField => [
          2,
          [[1, field], [3, i + 1], [4, 1], [5, typeof fields[field] === "string" ? 9 : 4]],
        ]),
      ]),
    };
    this.#descriptors.set(name, known);
    const values = names.map((field, i): ProtoField => [i + 1, fields[field]]);
    this.#ftraceEvent(cpu, ts, [[2, tid], [known.id, values]]);
  }

  /** Says that the kernel lost events of a CPU. */
  lose(cpu: number): void {
    this.#head.push(packet([[1, [[1, cpu], [3, true]]]]));
  }

  /** The trace. */
  bytes(): Uint8Array {
    const descriptors = [...this.#descriptors.values()].map(({ id, descriptor }): ProtoField => [
      11,
      [[1, id], [2, descriptor], [3, "test"]],
    ]);
    const bundles = [...this.#ftrace].map(([cpu, events]) =>
      packet([[1, [[1, cpu], ...inOrder(events).map(({ field }) => field), ...descriptors]]])
    );
    const events = inOrder(this.#events).map(({ packet }) => packet);
    return concatBytes([...this.#head, ...bundles, ...events]);
  }

  #trackEvent(ts: number, event: readonly ProtoField[]): void {
    this.#events.push({ ts, packet: packet([[8, ts], [10, SEQUENCE], [13, 2], [11, event]]) });
  }

  #ftraceEvent(cpu: number, ts: number, fields: readonly ProtoField[]): void {
    const events = this.#ftrace.get(cpu) ?? [];
    events.push({ ts, field: [2, [[1, ts], ...fields]] });
    this.#ftrace.set(cpu, events);
  }
}

function packet(fields: readonly ProtoField[]): Uint8Array {
  return encodeMessage([[1, fields]]);
}

function inOrder<T extends { ts: number }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => a.ts - b.ts);
}
