/** A store with the trace of a large machine: 256 CPUs, 2000 threads, one barrier that interrupts 255. */

import { sampleCapture, sampleRun } from "../../lab/testdata/sample_run.ts";
import { formatRun } from "../../lab/experiments/run/run_schema.ts";
import { type BuiltIndex, TraceIndexBuilder } from "../../traces/index/index_builder.ts";
import { joinColumns } from "../../traces/index/join_columns.ts";
import { encodeIndex } from "../../traces/index/index_file.ts";
import { markOf } from "../../traces/index/slice_marks.ts";
import type { StoredTrace } from "../web/trace.ts";

const CPUS = 256;
const THREADS = 2000;
/** Operations of each thread; every fifth interrupts all other CPUs, the others one. */
const OPERATIONS = 10;
const BROADCAST = 5;
/** From one operation of the machine to the next, ns; and from switch to switch of a CPU. */
const APART_NS = 20_000;
const SWITCH_NS = 500_000;
const FIRST_TID = 1000;

/** Puts a run with such a trace into a store; only its index is real, which is all a timeline needs. */
export function putWideTrace(store: string): StoredTrace {
  const { index, events } = wideIndex();
  const id = "20261121T000000Z-local-0256";
  const run = sampleRun({ id, startedAt: "2026-11-21T00:00:00.000Z" });
  run.results.push(sampleCapture({ trace: "capture.pftrace", index: "capture.pfindex", events }));
  Deno.mkdirSync(`${store}/${id}`, { recursive: true });
  Deno.writeTextFileSync(`${store}/${id}/run.json`, formatRun(run));
  Deno.writeFileSync(`${store}/${id}/capture.pftrace`, new Uint8Array());
  Deno.writeFileSync(`${store}/${id}/capture.pfindex`, encodeIndex(index));
  return { run: id, key: `${id}~capture.pftrace`, events };
}

function wideIndex(): { index: BuiltIndex; events: number } {
  const builder = new TraceIndexBuilder();
  const threads = Array.from({ length: THREADS }, (_, thread) => ({
    tid: FIRST_TID + thread,
    tgid: FIRST_TID,
    comm: `caller ${thread}`,
  }));
  builder.names.tell(threads);
  const last = THREADS * OPERATIONS * APART_NS;
  const switches = addSwitches(builder, last);
  const flows = addOperations(builder);
  // An operation is two events, a flow one where it is sent and two for its handler and function each
  const events = switches + 2 * THREADS * OPERATIONS + 5 * flows;
  const facts = { baseHigh: 1, first: 0, last, events, lost: 0, arch: "x86_64", kernel: "6.18.0" };
  builder.describe({ ...facts, threads });
  return { index: joinColumns(builder), events };
}

/** CPUs idle every other while. */
function addSwitches({ running, names }: TraceIndexBuilder, last: number): number {
  let count = 0;
  for (let cpu = 0; cpu < CPUS; cpu++) {
    let tid = 0;
    for (let ns = 0; ns < last; ns += SWITCH_NS) {
      const thread = (7 * cpu + ns / SWITCH_NS) % THREADS;
      const next = tid === 0 ? FIRST_TID + thread : 0;
      const comm = next === 0 ? `swapper/${cpu}` : `caller ${thread}`;
      running.on(cpu).switched(tid, next, names.thread(next, comm), ns);
      tid = next;
      count++;
    }
  }
  return count;
}

function addOperations(builder: TraceIndexBuilder): number {
  let flow = 0;
  const interrupt = (sent: number, senderCpu: number, cpu: number): number => {
    const mark = markOf(false, "csd");
    // Handlers begin one after the other, as interrupts are sent
    const begin = sent + 2000 + 10 * cpu;
    const handler = builder.handler(cpu, begin, begin + 3000, "call_function", mark);
    builder.call(cpu, begin + 500, begin + 2500, "ipi_mb", mark);
    builder.arrival({ flow: ++flow, sent, senderCpu, cpu, handler });
    return flow;
  };
  for (let number = 0; number < THREADS * OPERATIONS; number++) {
    const [round, thread] = [Math.floor(number / THREADS), number % THREADS];
    const [begin, cpu] = [number * APART_NS, thread % CPUS];
    const all = Array.from({ length: CPUS }, (_, one) => one);
    const targets = round % BROADCAST === 0 ? all.filter((one) => one !== cpu) : [(cpu + 1) % CPUS];
    builder.operation({
      tid: FIRST_TID + thread,
      begin,
      end: begin + 12_000,
      technique: "membarrier-private-expedited",
      id: number + 1,
      cpu,
      kept: true,
      sends: targets.length,
      targets: targets.toSorted((one, other) => one - other),
      flows: targets.map((target) => interrupt(begin + 1000, cpu, target)),
    });
  }
  return flow;
}
