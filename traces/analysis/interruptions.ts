import type { TraceProcessor } from "../trace_processor/client.ts";
import { number, optional, readRows, type RowOf, text } from "./columns.ts";

const interruptionColumns = {
  /** Process that sent; null if it is not known, or if an interrupt handler sent. */
  senderPid: optional(number),
  /** Its name, or the interrupt handler's. */
  senderName: optional(text),
  /** System call that sent, such as "sys_mprotect". */
  syscall: optional(text),
  /** Place in the kernel, such as "on_each_cpu_cond_mask+0x20". */
  callsite: optional(text),
  /** "ipi", "irq" or "softirq". */
  kind: text,
  /** Interrupt handler, and the function that it ran for the sender. */
  name: text,
  func: optional(text),
  /** CPU that was interrupted, and the process that ran there. */
  cpu: number,
  victimPid: optional(number),
  victimName: optional(text),
  interrupts: number,
  /** What the victims lost, ns, as far as ends were recorded. */
  lostNs: number,
  maxLostNs: optional(number),
  /** Longest way from sending to the handler, ns. */
  maxSendToEntry: optional(number),
};

const syscallColumns = {
  pid: optional(number),
  processName: optional(text),
  syscall: text,
  /** Calls that interrupted somebody, and how many CPUs they called in sum. */
  calls: number,
  targets: number,
  /** Durations of these calls, ns; null if none returned. */
  p50: optional(number),
  p99: optional(number),
  max: optional(number),
};

/** Interrupts of one kind from one sender and place to one victim. */
export type Interruption = RowOf<typeof interruptionColumns>;

/** System calls of one kind and process that interrupted other CPUs. */
export type InterruptingSyscall = RowOf<typeof syscallColumns>;

/** Which processes are asked about; all by default. */
export interface ProcessFilter {
  /** Processes (tgid) of which one must be a side. */
  readonly pids?: readonly number[];
}

/**
 * Interrupts that processes caused (as sender) and suffered (as victim), the most frequent first.
 *
 * @param processor One that knows the lab's modules and has a trace loaded.
 */
export async function interruptions(
  processor: TraceProcessor,
  { pids }: ProcessFilter = {},
): Promise<Interruption[]> {
  const where = pids ? `WHERE sender_pid IN (${list(pids)}) OR victim_pid IN (${list(pids)})` : "";
  const rows = await processor.query(`
    INCLUDE PERFETTO MODULE fencelab.processes;
    SELECT
      sender_pid AS senderPid, sender_name AS senderName, syscall, callsite, kind, name, func, cpu,
      victim_pid AS victimPid, victim_name AS victimName, interrupts, lost_ns AS lostNs,
      max_lost_ns AS maxLostNs, max_send_to_entry AS maxSendToEntry
    FROM fencelab_interruption_counts ${where}`);
  return readRows(rows, interruptionColumns);
}

/**
 * System calls that interrupted other CPUs, those with most targets first.
 *
 * @param processor One that knows the lab's modules and has a trace loaded.
 */
export async function interruptingSyscalls(
  processor: TraceProcessor,
  { pids }: ProcessFilter = {},
): Promise<InterruptingSyscall[]> {
  const rows = await processor.query(`
    INCLUDE PERFETTO MODULE fencelab.processes;
    SELECT pid, process_name AS processName, syscall, calls, targets, p50, p99, max
    FROM fencelab_syscall_counts ${pids ? `WHERE pid IN (${list(pids)})` : ""}`);
  return readRows(rows, syscallColumns);
}

function list(numbers: readonly number[]): string {
  return numbers.map((value) => Math.trunc(value)).join(", ");
}
