import type { TraceProcessor } from "../trace_processor/client.ts";
import { flag, literal, number, optional, readRows, type RowOf, text, wide } from "./columns.ts";

/** What an operation's time can have gone to; traces/sql/budget.sql says when each is given. */
export type Phase =
  | "caller"
  | "caller interrupted"
  | "caller preempted"
  | "caller asleep"
  | "delivery"
  | "target idle"
  | "another handler"
  | "interrupts disabled"
  | "handler"
  | "unexplained";

/** A phase's part of an operation. */
export interface PhaseShare {
  readonly phase: Phase;
  readonly ns: number;
  /** From 0 to 1; the shares of an operation sum to 1. */
  readonly share: number;
}

/** An operation with an account of its time. */
export interface ExplainedOperation extends Operation {
  /** Largest first. */
  readonly budget: readonly PhaseShare[];
  /** The phase that took most. */
  readonly culprit: Phase;
}

const shareColumns = { operation: number, phase: text, ns: number, share: number };

/**
 * The longest operations, and where their time went.
 *
 * @param processor One that knows the lab's modules and has a trace loaded.
 * @param filter `limit` is 10 by default.
 */
export async function worstOperations(
  processor: TraceProcessor,
  filter: Omit<OperationFilter, "order"> = {},
): Promise<ExplainedOperation[]> {
  const longest: OperationFilter = { limit: 10, ...filter, order: "duration" };
  const found = await operations(processor, longest);
  const rows = await processor.query(`
    INCLUDE PERFETTO MODULE fencelab.budget;
    SELECT operation.id AS operation, budget.phase, budget.ns, budget.share
    FROM (${selectOperations(longest)}) AS operation, fencelab_budget(operation.id) AS budget`);
  const budgets = Map.groupBy(readRows(rows, shareColumns), ({ operation }) => operation);
  return found.map((operation) => {
    const budget = (budgets.get(operation.id) ?? [])
      .map(({ phase, ns, share }) => ({ phase: phase as Phase, ns, share }))
      .sort((a, b) => b.ns - a.ns);
    return { ...operation, budget, culprit: budget[0]?.phase ?? "unexplained" };
  });
}

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
