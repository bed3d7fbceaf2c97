import type { TraceProcessor } from "../trace_processor/client.ts";
import { number, optional, readRows, type RowOf, text } from "./columns.ts";

const columns = {
  /** Technique on whose behalf it was sent; null outside of the lab's operations. */
  technique: optional(text),
  /** System call that sent it, such as "sys_membarrier"; null outside of any. */
  syscall: optional(text),
  /** Interrupt handler that sent it, rather than the thread that it had interrupted. */
  fromInterrupt: optional(text),
  /** Event of the kernel, such as "csd_queue_cpu". */
  event: text,
  /** "call": queued for a CPU; "interrupt": really sent. */
  kind: text,
  /** Place in the kernel, such as "membarrier_private_expedited+0x1a0". */
  callsite: optional(text),
  /** Function that is called there, or why the interrupt is sent. */
  func: optional(text),
  sends: number,
  /** CPUs that were sent to, each time counted. */
  targets: number,
  /** Targets for each operation of the technique; null outside. */
  perOperation: optional(number),
};

/** Calls and interrupts from one place in the kernel, on one behalf. */
export type CallSite = RowOf<typeof columns>;

/**
 * Where in the kernel calls and interrupts came from, those with most targets first.
 *
 * @param processor One that knows the lab's modules and has a trace loaded.
 */
export async function callSites(processor: TraceProcessor): Promise<CallSite[]> {
  const rows = await processor.query(`
    INCLUDE PERFETTO MODULE fencelab.sends;
    SELECT
      technique, syscall, from_interrupt AS fromInterrupt, event, kind, callsite, func, sends,
      targets, per_operation AS perOperation
    FROM fencelab_call_sites`);
  return readRows(rows, columns);
}
