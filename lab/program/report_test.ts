import { assertEquals } from "@std/assert";
import type { Interruption } from "../../traces/analysis/interruptions.ts";
import { merge } from "./report.ts";

function row(changes: Partial<Interruption>): Interruption {
  return {
    senderPid: 10,
    senderName: "stress",
    syscall: "sys_mprotect",
    callsite: "on_each_cpu_cond_mask+0x20",
    kind: "ipi",
    name: "call_function_single",
    func: "flush_tlb_func",
    cpu: 1,
    victimPid: 20,
    victimName: "other",
    interrupts: 1,
    lostNs: 100,
    maxLostNs: 100,
    maxSendToEntry: null,
    ...changes,
  };
}

Deno.test("merge() adds up processes of the program, and keeps apart whatever else differs", () => {
  const merged = merge([
    row({ interrupts: 1 }),
    row({ senderPid: 11, interrupts: 2, lostNs: 50, maxLostNs: 40, maxSendToEntry: 7 }),
    row({ cpu: 0, interrupts: 9 }),
    row({ victimPid: 21, interrupts: 4 }),
  ], "caused");
  assertEquals(merged.map((one) => [one.interrupts, one.senderPid, one.victimPid, one.cpu]), [
    [9, 10, 20, 0],
    [4, 10, 21, 1],
    [3, null, 20, 1],
  ]);
  assertEquals([merged[2]!.lostNs, merged[2]!.maxLostNs, merged[2]!.maxSendToEntry], [150, 100, 7]);
});

Deno.test("merge() of what was suffered adds up the victims", () => {
  const merged = merge([row({}), row({ victimPid: 21 }), row({ senderPid: 12 })], "suffered");
  assertEquals(merged.map((one) => [one.interrupts, one.senderPid, one.victimPid]), [
    [2, 10, null],
    [1, 12, 20],
  ]);
});
