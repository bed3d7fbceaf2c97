/** A trace's index says what trace_processor says of the same trace, to the nanosecond. */

import { assert, assertEquals } from "@std/assert";
import { TraceIndexBuilder } from "../../traces/index/index_builder.ts";
import { joinColumns } from "../../traces/index/join_columns.ts";
import type { BuiltIndex } from "../../traces/index/index_builder.ts";
import { decodeIndex, encodeIndex } from "../../traces/index/index_file.ts";
import { indexFromSql } from "../../traces/index/from_sql.ts";
import { convertCapture } from "../../traces/convert/convert.ts";
import { memorySource } from "../../traces/convert/capture_source.ts";
import { concatBytes } from "../../traces/protobuf/concat_bytes.ts";
import { parseRun } from "../../lab/experiments/run/run_schema.ts";
import { type CaptureMaker, oneSenderCapture } from "../fixtures/traces/capture_maker.ts";
import { pageLayout } from "../fixtures/traces/page_maker.ts";
import { lab } from "../fixtures/lab_process.ts";
import { cpus, needs } from "../fixtures/needs.ts";
import { accountBySql, accountOf } from "./index_oracle.ts";
import { engineNeed, withTrace } from "./processor_engine.ts";
import { canRecord } from "./recorder.ts";

async function convert(maker: CaptureMaker): Promise<{ trace: Uint8Array; built: BuiltIndex }> {
  const chunks: Uint8Array[] = [];
  const index = new TraceIndexBuilder();
  const sink = { write: (chunk: Uint8Array): void => void chunks.push(chunk.slice()) };
  await convertCapture(memorySource(maker.build()), sink, { index });
  return { trace: concatBytes(chunks), built: decodeIndex(encodeIndex(joinColumns(index))) };
}

/** Compares times and kinds of everything; names of threads may be longer in a trace processor. */
function assertSameIndex(made: BuiltIndex, converted: BuiltIndex): void {
  const { flows: { sent: _made, ...madeFlows }, ...madeColumns } = made.columns;
  const { flows: { sent: _sent, ...flows }, ...columns } = converted.columns;
  assertEquals(madeFlows, flows);
  assertEquals(madeColumns.operations, columns.operations);
  assertEquals(madeColumns.lanes, columns.lanes);
  assertEquals(madeColumns.slices.begins, columns.slices.begins);
  assertEquals(madeColumns.slices.ends, columns.slices.ends);
  assertEquals(madeColumns.slices.marks, columns.slices.marks);
  assertEquals(kindsOf(made), kindsOf(converted));
  const unnamed = { names: [], nameKinds: [], nameTids: [] };
  assertEquals({ ...made.meta, ...unnamed }, { ...converted.meta, ...unnamed });
}

/** What the name of each slice stands for; names are numbered as they come. */
function kindsOf({ meta, columns }: BuiltIndex): string[] {
  return [...columns.slices.names].map((name) => `${meta.nameKinds[name]} ${meta.nameTids[name]}`);
}

/** Two threads' interrupts that one handler of CPU 6 serves. */
function withTwoSenders(maker: CaptureMaker): CaptureMaker {
  maker.event(6, 1_000_000_000n, 0, "tlb:tlb_flush", { reason: 0, pages: 1n });
  maker.event(0, 1_000_001_000n, 100, "ipi:ipi_send_cpu", { cpu: 6, callback: 0n });
  maker.event(5, 1_000_001_100n, 101, "ipi:ipi_send_cpu", { cpu: 6, callback: 0n });
  maker.event(6, 1_000_002_000n, 0, "irq_vectors:reschedule_entry", {});
  maker.event(6, 1_000_002_100n, 0, "irq_vectors:reschedule_exit", {});
  return maker;
}

/** Switches, a gap in them, and a thread that nothing is known of. */
function withSwitches(maker: CaptureMaker): CaptureMaker {
  const change = (time: bigint, from: number, to: number): void =>
    maker.event(5, time, from, "sched:sched_switch", {
      ...{ prev_comm: `thread${from}`, prev_pid: from, prev_prio: 120, prev_state: 0 },
      ...{ next_comm: to === 0 ? "swapper/5" : `thread${to}`, next_pid: to, next_prio: 120 },
    });
  change(1_000_000_000n, 100, 0);
  change(1_000_000_100n, 0, 101);
  maker.event(5, 1_000_000_110n, 0, "tlb:tlb_flush", { reason: 0, pages: 1n });
  maker.event(5, 1_000_000_300n, 101, "tlb:tlb_flush", { reason: 0, pages: 1n });
  maker.event(5, 1_000_000_400n, 77, "tlb:tlb_flush", { reason: 0, pages: 1n });
  change(1_000_000_500n, 78, 101);
  change(1_000_000_600n, 101, 0);
  return maker;
}

for (const littleEndian of [true, false]) {
  Deno.test({
    ...needs(
      `a made capture's index agrees with trace_processor (${
        littleEndian ? "little" : "big"
      }-endian)`,
      engineNeed,
    ),
    async fn(): Promise<void> {
      const made = withSwitches(oneSenderCapture(pageLayout(4096, littleEndian)));
      const maker = withTwoSenders(made);
      const { trace, built } = await convert(maker);
      using processor = await withTrace(trace);
      const account = accountOf(built);
      assertEquals(account, await accountBySql(processor));
      assertEquals([account.operations.length, account.handlers.length], [5, 16]);
      assertEquals([account.calls.length, account.flows.length], [15, 17]);
      assertEquals(account.runs.length, 2);
      assertSameIndex(await indexFromSql((work) => work(processor)), built);
    },
  });
}

Deno.test({
  ...needs("a real capture's index agrees with trace_processor, and so does one made by SQL", {
    ...engineNeed,
    "root and tracefs": canRecord(),
    "two CPUs": cpus >= 2,
  }),
  async fn(): Promise<void> {
    const store = await Deno.makeTempDir({ prefix: "fencelab-index-" });
    try {
      const techniques = ["munmap", "membarrier-private-expedited", "affinity-walk", "getppid"];
      const chosen = techniques.flatMap((id) => ["--technique", id]);
      const { code, stdout, stderr } = await lab([
        ...["run", "--experiment", "capture", "--json", "--out", store, ...chosen],
      ]);
      assertEquals(code, 0, stderr);
      const run = parseRun(stdout, "stdout");
      const [capture] = run.results.filter((one) => one.experiment === "capture");
      if (capture === undefined) throw new Error("the run holds no capture");
      assertEquals([capture.trace, capture.index], ["capture.pftrace", "capture.pfindex"]);
      const file = (name: string): Uint8Array<ArrayBuffer> =>
        Deno.readFileSync(`${store}/${run.id}/${name}`);
      const built = decodeIndex(file("capture.pfindex"));
      using processor = await withTrace(file("capture.pftrace"));
      const account = accountOf(built);
      assertEquals(account, await accountBySql(processor));
      assertEquals([built.meta.events, built.meta.lost], [capture.events, capture.lost]);
      assert(account.runs.length > 100 && account.flows.length > 1000, stderr);
      assertSameIndex(await indexFromSql((work) => work(processor)), built);
    } finally {
      await Deno.remove(store, { recursive: true });
    }
  },
});
