import type { TraceProcessor } from "../trace_processor/client.ts";
import { number, readRows, text } from "./columns.ts";
import {
  type Operation,
  type OperationFilter,
  operations,
  selectOperations,
} from "./operations.ts";

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
