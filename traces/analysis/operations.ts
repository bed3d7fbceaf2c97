import type { TraceProcessor } from "../trace_processor/client.ts";
import { flag, literal, number, optional, readRows, type RowOf, text, wide } from "./columns.ts";

const operationColumns = {
  /** Number of the slice in this trace processor. */
  id: number,
  /** Number of the operation in the capture. */
  opId: optional(wide),
  technique: text,
  /** CLOCK_BOOTTIME, ns. */
  ts: wide,
  /** ns. */
  dur: number,
  /** Whether the sample counts in the run's statistics. */
  kept: flag,
  /** CPU at the begin. */
  cpu: optional(number),
  tid: number,
  threadName: optional(text),
};

const targetColumns = {
  operation: number,
  cpu: number,
  /** Interrupt handler, such as "call_function_single". */
  handler: text,
  /** Function that it ran for the caller, such as "ipi_mb". */
  func: optional(text),
  /** How the handler was matched: "csd", "ipi" or "time". */
  match: optional(text),
  /** Times in ns; null where the trace does not show them. */
  enterToSend: optional(number),
  sendToEntry: optional(number),
  handlerDur: optional(number),
  /** Negative if the operation did not wait. */
  exitToReturn: optional(number),
  /** The handler from begin to end: what the target's own thread lost. */
  interruptedDur: optional(number),
};

/** A CPU that an operation interrupted. */
export type Target = Omit<RowOf<typeof targetColumns>, "operation">;

/** An operation of the lab and whom it interrupted. */
export interface Operation extends RowOf<typeof operationColumns> {
  readonly targets: readonly Target[];
}

/** Which operations are wanted. */
export interface OperationFilter {
  readonly technique?: string;
  /** Number of the operation in the capture: that one alone. */
  readonly opId?: bigint;
  /** How many at most; the default is 1000. */
  readonly limit?: number;
  /** "time" for the first ones, "duration" for the longest; the default is "time". */
  readonly order?: "time" | "duration";
}

/** SQL for the operations that a filter names, in its order. */
export function selectOperations(filter: OperationFilter): string {
  const conditions = [
    ...filter.technique === undefined ? [] : [`technique = ${literal(filter.technique)}`],
    ...filter.opId === undefined ? [] : [`op_id = ${filter.opId}`],
  ];
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const order = filter.order === "duration" ? "dur DESC, ts" : "ts";
  return `SELECT * FROM fencelab_operations ${where} ORDER BY ${order} LIMIT ${
    Math.trunc(filter.limit ?? 1000)
  }`;
}

/**
 * The lab's operations in a trace.
 *
 * @param processor One that knows the lab's modules and has a trace loaded.
 */
export async function operations(
  processor: TraceProcessor,
  filter: OperationFilter = {},
): Promise<Operation[]> {
  const chosen = selectOperations(filter);
  const rows = await processor.query(`
    INCLUDE PERFETTO MODULE fencelab.operations;
    SELECT id, op_id AS opId, technique, ts, dur, kept, cpu, tid, thread_name AS threadName
    FROM (${chosen})`);
  const hits = await processor.query(`
    SELECT
      operation_id AS operation, target.cpu, handler, func, match,
      enter_to_send AS enterToSend, send_to_entry AS sendToEntry, handler_dur AS handlerDur,
      exit_to_return AS exitToReturn, interrupted_dur AS interruptedDur
    FROM (${chosen}) AS operation
    JOIN fencelab_targets AS target ON target.operation_id = operation.id
    ORDER BY target.entry_ts`);
  const byOperation = Map.groupBy(readRows(hits, targetColumns), ({ operation }) => operation);
  return readRows(rows, operationColumns).map((row) => ({
    ...row,
    targets: (byOperation.get(row.id) ?? []).map(({ operation: _, ...target }) => target),
  }));
}
