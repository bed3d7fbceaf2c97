import type { TraceProcessor } from "../trace_processor/client.ts";
import { number, optional, readRows, type RowOf, text } from "./columns.ts";

/**
 * Statistics that count as errors in trace_processor and yet say nothing against a trace.
 *
 * `mismatched_sched_switch_tids`: a switch that does not start from the thread that ran before; the
 * gaps are in the kernel's own data.
 */
const HARMLESS: readonly string[] = ["mismatched_sched_switch_tids"];

const columns = {
  /** Name of the statistic in trace_processor. */
  name: text,
  /** CPU or the like, if the statistic has one for each. */
  index: optional(number),
  /** "error" or "data_loss". */
  severity: text,
  value: number,
  description: text,
};

/** Something that trace_processor found wrong with a trace. */
export interface TraceProblem extends RowOf<typeof columns> {
  /** Whether it is known to say nothing against the trace. */
  readonly harmless: boolean;
}

/** What trace_processor found wrong with the trace that is loaded; lost data included. */
export async function traceProblems(processor: TraceProcessor): Promise<TraceProblem[]> {
  const rows = await processor.query(`
    SELECT name, idx AS 'index', severity, value, description
    FROM stats
    WHERE severity IN ('error', 'data_loss') AND value > 0
    ORDER BY name, idx`);
  return readRows(rows, columns).map((row) => ({
    ...row,
    harmless: HARMLESS.includes(row.name),
  }));
}
