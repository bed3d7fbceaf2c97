/**
 * Makes the index of a trace that has none, out of what a trace processor says.
 *
 * It is the one that the converter would make, except where the trace does not hold what the
 * converter knew: of several senders of one handler, when each of them sent.
 */

import { number, optional, readRows, type RowOf, text, wide } from "../analysis/columns.ts";
import type { TraceProcessor } from "../trace_processor/client.ts";
import type { SqlValue } from "../trace_processor/query_result.ts";
import { type BuiltIndex, TraceIndexBuilder } from "./index_builder.ts";
import { joinColumns } from "./join_columns.ts";
import { markOf, matchOf } from "./slice_marks.ts";
import { CALLS, FACTS, FLOWS, HANDLERS, OPERATIONS, RUNS, SWITCHES } from "./sql_queries.ts";

/** Runs work with a trace processor that has the trace loaded. */
export type UseProcessor = (work: (processor: TraceProcessor) => Promise<void>) => Promise<void>;

/** Where a handler's slice is: CPU and place in the lane. */
interface Placed {
  readonly cpu: number;
  readonly place: number;
}

/** Columns of the trace as a whole. */
const FACT_COLUMNS = {
  first: optional(wide),
  last: optional(wide),
  start: wide,
  events: number,
  lost: optional(number),
  arch: optional(text),
  kernel: optional(text),
};
type Facts = RowOf<typeof FACT_COLUMNS>;

/**
 * Makes an index.
 *
 * @param use Called for one table after the other, so that other work comes in between.
 * @param onProgress Told the share that is done.
 * @throws {SqlError | EngineError} If the trace processor fails.
 */
export async function indexFromSql(
  use: UseProcessor,
  onProgress: (fraction: number) => void = () => {},
): Promise<BuiltIndex> {
  const index = new SqlIndex();
  const steps: readonly ((processor: TraceProcessor) => Promise<void>)[] = [
    (processor) => index.facts(processor),
    (processor) => index.switches(processor),
    (processor) => index.handlers(processor),
    (processor) => index.calls(processor),
    (processor) => index.flows(processor),
    (processor) => index.operations(processor),
  ];
  for (const [done, step] of steps.entries()) {
    onProgress(done / steps.length);
    await use(step);
  }
  return index.finish();
}

/** An index in the making. */
class SqlIndex {
  readonly #builder = new TraceIndexBuilder();
  readonly #handlers = new Map<number, Placed>();
  /** Flows that leave an operation, by the number of its slice there. */
  readonly #flows = new Map<number, number[]>();
  readonly #threads = new Map<number, { tid: number; tgid: number; comm: string }>();
  #base = 0n;
  #facts: Facts | undefined;

  async facts(processor: TraceProcessor): Promise<void> {
    const [facts] = readRows(await processor.query(FACTS), FACT_COLUMNS);
    this.#facts = facts!;
    this.#base = (facts!.start >> 32n) << 32n;
  }

  async switches(processor: TraceProcessor): Promise<void> {
    const { names, running } = this.#builder;
    let events = 0;
    for await (const [cpu, at, from, comm, to, toComm] of processor.rows(SWITCHES)) {
      events++;
      const time = this.#time(at);
      const tid = toNumber(from);
      names.tell([{ tid, comm: toText(comm) }]);
      if (to === null) {
        running.on(toNumber(cpu)).ran(tid, time);
      } else {
        const name = names.thread(toNumber(to), toText(toComm));
        running.on(toNumber(cpu)).switched(tid, toNumber(to), name, time);
      }
    }
    if (events === 0) await this.#runs(processor);
  }

  async #runs(processor: TraceProcessor): Promise<void> {
    const { names, lanes } = this.#builder;
    for await (const [cpu, ts, dur, tid, comm] of processor.rows(RUNS)) {
      if (toNumber(dur) < 0) continue;
      const begin = this.#time(ts);
      const name = names.thread(toNumber(tid), toText(comm));
      lanes.of("cpu", toNumber(cpu)).add(begin, begin + toNumber(dur), name);
    }
  }

  async handlers(processor: TraceProcessor): Promise<void> {
    for await (const [id, ts, dur, name, cpu, match, incomplete] of processor.rows(HANDLERS)) {
      const begin = this.#time(ts);
      const end = begin + Math.max(0, toNumber(dur));
      const mark = markOf(incomplete !== null, matchOf(toText(match)));
      const place = this.#builder.handler(toNumber(cpu), begin, end, toText(name), mark);
      this.#handlers.set(toNumber(id), { cpu: toNumber(cpu), place });
    }
  }

  async calls(processor: TraceProcessor): Promise<void> {
    for await (const [ts, dur, name, cpu, match] of processor.rows(CALLS)) {
      const begin = this.#time(ts);
      const end = begin + Math.max(0, toNumber(dur));
      const mark = markOf(false, matchOf(toText(match)));
      this.#builder.call(toNumber(cpu), begin, end, toText(name), mark);
    }
  }

  async flows(processor: TraceProcessor): Promise<void> {
    let flow = 0;
    for await (const [sender, isOperation, handler, sent, senderCpu] of processor.rows(FLOWS)) {
      const target = this.#handlers.get(toNumber(handler));
      if (target === undefined) continue;
      flow++;
      this.#builder.arrival({
        flow,
        sent: this.#time(sent),
        senderCpu: toNumber(senderCpu),
        cpu: target.cpu,
        handler: target.place,
      });
      if (isOperation === 0n) continue;
      const flows = this.#flows.get(toNumber(sender));
      if (flows === undefined) this.#flows.set(toNumber(sender), [flow]);
      else flows.push(flow);
    }
  }

  async operations(processor: TraceProcessor): Promise<void> {
    for await (const row of processor.rows(OPERATIONS)) {
      const [id, ts, dur, technique, opId, kept, cpu, sends, targets, tid, comm, tgid] = row;
      if (toNumber(dur) < 0) continue;
      const begin = this.#time(ts);
      const thread = { tid: toNumber(tid), tgid: toNumber(tgid), comm: toText(comm) };
      this.#threads.set(thread.tid, thread);
      this.#builder.operation({
        tid: thread.tid,
        begin,
        end: begin + toNumber(dur),
        technique: toText(technique),
        id: toNumber(opId),
        cpu: toNumber(cpu),
        kept: toNumber(kept) === 1,
        sends: toNumber(sends),
        targets: toText(targets).split(",").filter((target) => target !== "").map(Number),
        flows: this.#flows.get(toNumber(id)) ?? [],
      });
    }
  }

  finish(): BuiltIndex {
    const { first, last, events, lost, arch, kernel } = this.#facts!;
    this.#builder.describe({
      baseHigh: Number(this.#base >> 32n),
      first: first === null ? undefined : this.#time(first),
      last: last === null ? undefined : this.#time(last),
      events,
      lost: lost ?? 0,
      arch,
      kernel,
      threads: [...this.#threads.values()],
    });
    return joinColumns(this.#builder);
  }

  /** A time relative to the base, ns. */
  #time(value: SqlValue | undefined): number {
    return typeof value === "bigint" ? Number(value - this.#base) : 0;
  }
}

function toNumber(value: SqlValue | undefined): number {
  return typeof value === "bigint" || typeof value === "number" ? Number(value) : 0;
}

function toText(value: SqlValue | undefined): string {
  return typeof value === "string" ? value : "";
}
