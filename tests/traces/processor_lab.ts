/**
 * A pretended lab for traces whose every nanosecond is known.
 *
 * CPU 0 runs the caller (tid 11), CPUs 1 to 3 its siblings (tids 12 to 14), all of process 10.
 * Track 1 holds the operations, tracks 100 to 103 the interrupts of CPUs 0 to 3.
 */

import { type Argument, TraceBuilder } from "./processor_builder.ts";

/** A trace with these threads and tracks; everybody runs on a CPU of their own from the start. */
export function pretendedLab(): TraceBuilder {
  const builder = new TraceBuilder();
  builder.thread(11, 10, "caller");
  builder.operationTrack(1, 11, 10);
  for (const cpu of [0, 1, 2, 3]) {
    builder.namedTrack(100 + cpu, `IPI CPU ${cpu}`);
    if (cpu > 0) builder.thread(11 + cpu, 10, `sibling ${cpu}`);
    builder.switch({ cpu, ts: 1_000, from: 0, state: 0, to: 11 + cpu });
  }
  return builder;
}

/** A CPU that an operation calls. */
export interface Call {
  readonly cpu: number;
  /** Times from the operation's begin, ns. */
  readonly send: number;
  readonly entry: number;
  readonly exit: number;
  /** Begin and end of the called function, if it was recorded. */
  readonly function?: readonly [number, number];
}

/** An operation of the caller. */
export interface TestOperation {
  readonly ts: number;
  readonly dur: number;
  readonly technique?: string;
  readonly kept?: boolean;
  readonly calls?: readonly Call[];
}

let lastOperation = 0;
let lastFlow = 0;

/** Adds an operation with its flows, handlers and called functions; returns its number. */
export function addOperation(
  builder: TraceBuilder,
  { ts, dur, kept = true, ...rest }: TestOperation,
): number {
  const { technique = "membarrier-private-expedited", calls = [] } = rest;
  const opId = ++lastOperation;
  const flows = calls.map(() => ++lastFlow);
  const args = { op_id: opId, kept: kept ? 1 : 0, technique, cpu: 0, sends: calls.length };
  builder.slice({ track: 1, ts, dur, name: technique, category: "fencelab.op", args, flows });
  calls.forEach((call, i) => {
    const sender: Record<string, Argument> = {
      cpu: call.cpu,
      func: "ipi_mb",
      csd: 4096 + call.cpu,
      match: "csd",
      send_ts: ts + call.send,
      sender_cpu: 0,
      sender_tid: 11,
      op_id: opId,
    };
    const track = 100 + call.cpu;
    builder.slice({
      track,
      ts: ts + call.entry,
      dur: call.exit - call.entry,
      name: "call_function_single",
      category: "fencelab.irq",
      args: { ...sender, calls: call.function ? 1 : 0 },
      flows: [flows[i]!],
    });
    if (!call.function) return;
    const [begin, end] = call.function;
    const dur = end - begin;
    const name = "ipi_mb";
    builder.slice({ track, ts: ts + begin, dur, name, category: "fencelab.call", args: sender });
  });
  return opId;
}
