/** What any program caused and suffered, on a trace without operations of the lab. */

import { assertEquals } from "@std/assert";
import { interruptingSyscalls, interruptions } from "../../traces/analysis/interruptions.ts";
import { traceProblems } from "../../traces/analysis/trace_problems.ts";
import { needs } from "../fixtures/needs.ts";
import { engineNeed, withTrace } from "./processor_engine.ts";
import { pretendedLab } from "./processor_lab.ts";

/** The caller's munmap interrupts the sibling on CPU 1, then the stranger there; the timer too. */
function programTrace(): Uint8Array {
  const builder = pretendedLab();
  builder.thread(50, 50, "stranger");
  builder.switch({ cpu: 1, ts: 50_000, from: 12, state: 1, to: 50 });
  for (const [i, ts] of [20_000, 60_000].entries()) {
    builder.syscall(0, 11, ts, 5_000 + 1_000 * i, 11);
    const sent = { callsite: `on_each_cpu_cond_mask+0x2${i}`, func: "flush_tlb_func" };
    builder.generic({
      cpu: 0,
      ts: ts + 500,
      tid: 11,
      name: "csd_queue_cpu",
      fields: { cpu: 1, ...sent, csd: 4096 },
    });
    builder.slice({
      track: 101,
      ts: ts + 2_000,
      dur: 700 + 100 * i,
      name: "call_function_single",
      category: "fencelab.irq",
      args: { cpu: 1, func: sent.func, send_ts: ts + 500, sender_cpu: 0, sender_tid: 11 },
    });
  }
  builder.localTimer(0, 11, 80_000, 900);
  return builder.bytes();
}

Deno.test({
  ...needs("interruptions() names sender, system call, call site and victim", engineNeed),
  async fn(): Promise<void> {
    using processor = await withTrace(programTrace());
    const call = {
      senderPid: 10,
      senderName: "caller",
      syscall: "sys_munmap",
      callsite: "on_each_cpu_cond_mask+0x20",
      kind: "ipi",
      name: "call_function_single",
      func: "flush_tlb_func",
      cpu: 1,
      interrupts: 1,
      maxSendToEntry: 1_500,
    };
    const own = { ...call, victimPid: 10, victimName: "caller", lostNs: 700, maxLostNs: 700 };
    const place = { ...call, callsite: "on_each_cpu_cond_mask+0x21" };
    const foreign = {
      ...place,
      victimPid: 50,
      victimName: "stranger",
      lostNs: 800,
      maxLostNs: 800,
    };
    const found = await interruptions(processor);
    const ipis = found.filter(({ kind }) => kind === "ipi");
    assertEquals(ipis.sort((a, b) => a.lostNs - b.lostNs), [own, foreign]);
    const [timer, ...others] = found.filter(({ kind }) => kind === "irq");
    assertEquals(others, []);
    assertEquals([timer?.senderPid, timer?.victimPid, timer?.lostNs], [null, 10, 900]);
    assertEquals(await interruptions(processor, { pids: [50] }), [foreign]);
    assertEquals(await interruptions(processor, { pids: [51] }), []);
    assertEquals(await traceProblems(processor), []);
  },
});

Deno.test({
  ...needs("interruptingSyscalls() says what the calls took that interrupted others", engineNeed),
  async fn(): Promise<void> {
    using processor = await withTrace(programTrace());
    assertEquals(await interruptingSyscalls(processor, { pids: [10] }), [{
      pid: 10,
      processName: "caller",
      syscall: "sys_munmap",
      calls: 2,
      targets: 2,
      p50: 5_500,
      p99: 5_990,
      max: 6_000,
    }]);
    assertEquals(await interruptingSyscalls(processor, { pids: [50] }), []);
  },
});
