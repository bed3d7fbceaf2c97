/** The SQL modules and the analysis on traces whose every nanosecond is known. */

import { assertEquals } from "@std/assert";
import { type CallSite, callSites } from "../../traces/analysis/call_sites.ts";
import { disturbances } from "../../traces/analysis/disturbances.ts";
import { operations } from "../../traces/analysis/operations.ts";
import { techniqueTable } from "../../traces/analysis/technique_table.ts";
import { traceProblems } from "../../traces/analysis/trace_problems.ts";
import { needs } from "../fixtures/needs.ts";
import type { Argument } from "./processor_builder.ts";
import { engineNeed, withTrace } from "./processor_engine.ts";
import { addOperation, pretendedLab } from "./processor_lab.ts";

Deno.test({
  ...needs("operations() gives every step of an operation with its target", engineNeed),
  async fn(): Promise<void> {
    const builder = pretendedLab();
    addOperation(builder, {
      ts: 10_000,
      dur: 20_000,
      calls: [{ cpu: 1, send: 700, entry: 16_000, exit: 17_000, function: [16_300, 16_800] }],
    });
    using processor = await withTrace(builder.bytes());
    const [found, ...others] = await operations(processor);
    assertEquals(others, []);
    assertEquals(found?.threadName, "caller");
    assertEquals([found?.ts, found?.dur, found?.kept, found?.cpu], [10_000n, 20_000, true, 0]);
    assertEquals(found?.targets, [{
      cpu: 1,
      handler: "call_function_single",
      func: "ipi_mb",
      match: "csd",
      enterToSend: 700,
      sendToEntry: 15_300,
      handlerDur: 800, // to the end of ipi_mb, which is what the caller waits for
      exitToReturn: 3_200,
      interruptedDur: 1_000,
    }]);
    assertEquals(await traceProblems(processor), []);
  },
});

Deno.test({
  ...needs("techniqueTable() counts kept operations only, and each of many targets", engineNeed),
  async fn(): Promise<void> {
    const builder = pretendedLab();
    for (const i of [0, 1]) {
      const calls = [1, 2, 3].map((cpu) => ({
        cpu,
        send: 100,
        entry: 1_000 * cpu + 100,
        exit: 1_000 * cpu + 600,
      }));
      addOperation(builder, { ts: 100_000 * (i + 1), dur: 5_000 + 1_000 * i, calls });
    }
    const late = [{ cpu: 1, send: 100, entry: 90_000, exit: 90_100 }];
    addOperation(builder, { ts: 300_000, dur: 99_000, kept: false, calls: late });
    addOperation(builder, { ts: 400_000, dur: 90, technique: "getppid" });
    addOperation(builder, { ts: 500_000, dur: 90, technique: "signal", kept: false });
    using processor = await withTrace(builder.bytes());
    const [membarrier, getppid, signal] = await techniqueTable(processor);
    const { ns, ...counts } = membarrier!;
    assertEquals(counts, {
      technique: "membarrier-private-expedited",
      operations: 3,
      kept: 2,
      sends: 6,
      interrupts: 6,
      interruptsPerOperation: 3,
      targets: [1, 2, 3],
    });
    assertEquals([ns.operation?.count, ns.operation?.min, ns.operation?.max], [2, 5_000, 6_000]);
    assertEquals(ns.operation?.p50, 5_500);
    assertEquals([ns.enter_to_send?.count, ns.enter_to_send?.max], [2, 100]);
    assertEquals([ns.send_to_entry?.count, ns.send_to_entry?.mean], [6, 2_000]);
    assertEquals([ns.handler?.min, ns.interrupted?.max], [500, 500]);
    assertEquals([ns.exit_to_return?.min, ns.exit_to_return?.max], [1_400, 2_400]);
    assertEquals([getppid?.interruptsPerOperation, getppid?.targets], [0, []]);
    assertEquals(Object.keys(getppid?.ns ?? {}), ["operation"]);
    assertEquals([signal?.kept, signal?.interruptsPerOperation], [0, null]);
  },
});

Deno.test({
  ...needs("two calls that share one handler have times of their own", engineNeed),
  async fn(): Promise<void> {
    const builder = pretendedLab();
    const first = 5;
    builder.slice({
      track: 1,
      ts: 10_000,
      dur: 9_000,
      name: "membarrier-private-expedited",
      category: "fencelab.op",
      args: { op_id: first, kept: 1, cpu: 0, sends: 1 },
      flows: [9998],
    });
    // Another process queues its call while that handler runs, and has it served there as well
    const opId = first + 1000;
    builder.thread(31, 30, "other");
    builder.operationTrack(2, 31, 30);
    builder.slice({
      track: 2,
      ts: 11_000,
      dur: 4_500,
      name: "munmap",
      category: "fencelab.op",
      args: { op_id: opId, kept: 1, cpu: 2, sends: 1 },
      flows: [9999],
    });
    builder.slice({
      track: 101,
      ts: 12_000,
      dur: 3_000,
      name: "call_function_single",
      category: "fencelab.irq",
      args: { cpu: 1, func: "ipi_mb", send_ts: 10_100, op_id: first, calls: 2 },
      flows: [9998, 9999],
    });
    for (
      const [ts, op_id, send_ts, func] of [
        [12_200, first, 10_100, "ipi_mb"],
        [14_000, opId, 12_500, "flush_tlb_func"],
      ] as const
    ) {
      const args = { op_id, send_ts, func };
      builder.slice({ track: 101, ts, dur: 500, name: func, category: "fencelab.call", args });
    }
    using processor = await withTrace(builder.bytes());
    const steps = (await operations(processor)).map(({ targets }) =>
      targets.map((target) => [
        target.func,
        target.enterToSend,
        target.sendToEntry,
        target.handlerDur,
        target.exitToReturn,
        target.interruptedDur,
      ])
    );
    assertEquals(steps, [
      [["ipi_mb", 100, 1_900, 700, 6_300, 3_000]],
      [["flush_tlb_func", 1_500, 0, 2_000, 1_000, 3_000]],
    ]);
    const table = await techniqueTable(processor);
    assertEquals(table.map(({ interruptsPerOperation }) => interruptsPerOperation), [1, 1]);
  },
});

Deno.test({
  ...needs("callSites() says who sent, for which technique and system call", engineNeed),
  async fn(): Promise<void> {
    const builder = pretendedLab();
    const send = (ts: number, name: string, fields: Record<string, Argument>, tid = 11): void =>
      builder.generic({ cpu: tid - 11, ts, tid, name, fields });
    for (const ts of [10_000, 30_000]) {
      addOperation(builder, {
        ts,
        dur: 9_000,
        calls: [{ cpu: 1, send: 700, entry: 2_000, exit: 2_500 }],
      });
      builder.syscall(0, 11, ts + 50, 8_900, 324);
      const callsite = "membarrier_private_expedited+0x1a0";
      send(ts + 700, "csd_queue_cpu", { cpu: 1, callsite, func: "ipi_mb", csd: 4097 });
      send(ts + 750, "ipi_send_cpu", { cpu: 1, callsite, callback: "generic_smp_call" });
    }
    // The timer's handler on the caller's CPU, inside an operation, is not the operation
    builder.localTimer(0, 11, 35_000, 1_000);
    send(35_500, "ipi_send_cpu", {
      cpu: 3,
      callsite: "native_smp_send_reschedule+0x3",
      callback: "0x0",
    });
    send(45_000, "ipi_send_cpu", { cpu: 2, callsite: "later+0x1", callback: "outside" });
    send(60_000, "ipi_send_cpumask", { cpumask: "1,2,3", callsite: "kick+0x1", callback: "f" }, 12);
    using processor = await withTrace(builder.bytes());
    const sites = await callSites(processor);
    assertEquals(sites.length, 5);
    const of = (event: string, func: string): CallSite | undefined =>
      sites.find((site) => site.event === event && site.func === func);
    assertEquals(of("csd_queue_cpu", "ipi_mb"), {
      technique: "membarrier-private-expedited",
      syscall: "sys_membarrier",
      fromInterrupt: null,
      event: "csd_queue_cpu",
      kind: "call",
      callsite: "membarrier_private_expedited+0x1a0",
      func: "ipi_mb",
      sends: 2,
      targets: 2,
      perOperation: 1,
    });
    assertEquals(of("ipi_send_cpu", "generic_smp_call")?.kind, "interrupt");
    const later = of("ipi_send_cpu", "outside");
    assertEquals([later?.technique, later?.syscall], [null, null]);
    const timer = of("ipi_send_cpu", "0x0");
    assertEquals([timer?.fromInterrupt, timer?.technique, timer?.syscall], [
      "IRQ (LocalTimer)",
      null,
      null,
    ]);
    const mask = of("ipi_send_cpumask", "f");
    assertEquals([mask?.sends, mask?.targets, mask?.technique, mask?.perOperation], [
      1,
      3,
      null,
      null,
    ]);
  },
});

Deno.test({
  ...needs("disturbances() counts interrupts that no operation caused", engineNeed),
  async fn(): Promise<void> {
    const builder = pretendedLab();
    builder.thread(50, 50, "stranger");
    addOperation(builder, {
      ts: 10_000,
      dur: 9_000,
      calls: [{ cpu: 1, send: 700, entry: 2_000, exit: 2_500 }],
    });
    builder.localTimer(0, 11, 15_000, 1_000); // in the operation
    addOperation(builder, { ts: 20_000, dur: 1_000 });
    builder.localTimer(0, 11, 25_000, 3_000); // after the next one
    builder.slice({
      track: 102,
      ts: 30_000,
      dur: 400,
      name: "reschedule",
      category: "fencelab.irq",
      args: { cpu: 2 },
    });
    builder.switch({ cpu: 3, ts: 40_000, from: 14, state: 1, to: 50 });
    builder.localTimer(3, 50, 50_000, 9_000); // hits nobody who is measured
    using processor = await withTrace(builder.bytes());
    assertEquals(await disturbances(processor), [
      {
        role: "caller",
        tid: 11,
        threadName: "caller",
        cpu: 0,
        kind: "irq",
        name: "IRQ (LocalTimer)",
        func: null,
        interrupts: 2,
        operations: 1,
        totalNs: 4_000,
        maxNs: 3_000,
      },
      {
        role: "sibling",
        tid: 13,
        threadName: "sibling 2",
        cpu: 2,
        kind: "ipi",
        name: "reschedule",
        func: null,
        interrupts: 1,
        operations: 0,
        totalNs: 400,
        maxNs: 400,
      },
    ]);
  },
});

Deno.test({
  ...needs("a handler whose end was not recorded has no duration", engineNeed),
  async fn(): Promise<void> {
    const builder = pretendedLab();
    builder.slice({
      track: 101,
      ts: 10_000,
      dur: 500,
      name: "reschedule",
      category: "fencelab.irq",
      args: { cpu: 1, incomplete: 1 },
    });
    using processor = await withTrace(builder.bytes());
    const [found] = await disturbances(processor);
    assertEquals(found, undefined); // nobody is measured
    const { rows } = await processor.query("SELECT dur, end_ts, cpu FROM fencelab_interrupts");
    assertEquals(rows, [[null, null, 1n]]);
  },
});
