import type { TraceProcessor } from "../trace_processor/client.ts";
import { number, optional, readRows, type RowOf, text } from "./columns.ts";

const columns = {
  /** "caller": it has operations; "sibling": another thread of such a process. */
  role: text,
  tid: number,
  threadName: optional(text),
  cpu: number,
  /** "ipi", "irq" or "softirq". */
  kind: text,
  name: text,
  func: optional(text),
  interrupts: number,
  /** Operations that it fell into. */
  operations: number,
  /** ns; null if no end was recorded. */
  totalNs: optional(number),
  maxNs: optional(number),
};

/** Interrupts of one kind that hit a measured thread though no operation caused them. */
export type Disturbance = RowOf<typeof columns>;

/**
 * What disturbed the measurement, those that took most time first.
 *
 * @param processor One that knows the lab's modules and has a trace loaded.
 */
export async function disturbances(processor: TraceProcessor): Promise<Disturbance[]> {
  const rows = await processor.query(`
    INCLUDE PERFETTO MODULE fencelab.disturbances;
    SELECT
      role, tid, thread_name AS threadName, cpu, kind, name, func, interrupts, operations,
      total_ns AS totalNs, max_ns AS maxNs
    FROM fencelab_disturbances`);
  return readRows(rows, columns);
}
