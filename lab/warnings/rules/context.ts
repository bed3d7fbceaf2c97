/**
 * What a warning's rule may look at.
 *
 * @module
 */
import { z } from "zod";
import { type OrderingResult, orderingSchema } from "../../experiments/ordering/ordering_schema.ts";
import { type RcuResult, rcuSchema } from "../../experiments/rcu/rcu_schema.ts";
import { type Shape, shapesSchema } from "../../experiments/ordering/shapes_schema.ts";
import type { Capabilities } from "../../environment/capabilities.ts";
import { tryCpuList } from "../../text/cpu_list.ts";
import type { Environment } from "../../environment/environment.ts";

/** The part of a cost result that warnings depend on. */
const CostRowSchema = z.object({
  experiment: z.literal("cost"),
  technique: z.string(),
  siblings: z.int().default(0),
  callers: z.int().default(1),
  placement: z.string().default("none"),
  callerCpus: z.array(z.int()).default([]),
  siblingCpus: z.array(z.int()).default([]),
  count: z.number().default(0),
  dropped: z.number().default(0),
  opsPerSample: z.number().positive().default(1),
  ns: z.object({ p50: z.number() }).nullable().default(null),
});

/** The part of a cost result that warnings depend on. */
export type CostRow = z.infer<typeof CostRowSchema>;

/** The part of a capture that warnings depend on. */
const CaptureRowSchema = z.object({
  experiment: z.literal("capture"),
  available: z.boolean(),
  reason: z.string().nullable(),
  events: z.number(),
  lost: z.number(),
  techniques: z.array(z.object({
    technique: z.string(),
    ipisPerOp: z.number().nullable(),
    countedPerOp: z.object({ perf: z.number().nullable(), procInterrupts: z.number() }).nullable(),
  })),
});

/** The part of a capture that warnings depend on. */
export type CaptureRow = z.infer<typeof CaptureRowSchema>;

/** All that a rule may look at. */
export type WarningContext = {
  environment: Environment;
  capabilities: Capabilities;
  /** Cost results; empty before a run. */
  costs: readonly CostRow[];
  /** Captures; empty before a run. */
  captures: readonly CaptureRow[];
  /** Results of the ordering experiment; empty before a run. */
  orderings: readonly OrderingResult[];
  /** Litmus shapes; empty before a run. */
  shapes: readonly Shape[];
  /** Results of the rcu experiment; empty before a run. */
  rcus: readonly RcuResult[];
};

/** The findings that trigger a warning, one message each; none if the warning does not apply. */
export type Rule = (context: WarningContext) => string[];

/** Picks the cost results out of a run's results; what other experiments found is left out. */
export function costRows(results: readonly unknown[]): CostRow[] {
  const rows: CostRow[] = [];
  for (const result of results) {
    const row = CostRowSchema.safeParse(result);
    if (row.success) rows.push(row.data);
  }
  return rows;
}

/** Picks the captures out of a run's results. */
export function captureRows(results: readonly unknown[]): CaptureRow[] {
  return results.flatMap((result) => {
    const row = CaptureRowSchema.safeParse(result);
    return row.success ? [row.data] : [];
  });
}

/** Picks the ordering results out of a run's results. */
export function orderingRows(results: readonly unknown[]): OrderingResult[] {
  return results.flatMap((result) => {
    const row = orderingSchema.safeParse(result);
    return row.success ? [row.data] : [];
  });
}

/** Picks the litmus shapes out of a run's results. */
export function shapeRows(results: readonly unknown[]): Shape[] {
  return results.flatMap((result) => {
    const row = shapesSchema.safeParse(result);
    return row.success ? row.data.shapes : [];
  });
}

/** Picks the rcu results out of a run's results. */
export function rcuRows(results: readonly unknown[]): RcuResult[] {
  return results.flatMap((result) => {
    const row = rcuSchema.safeParse(result);
    return row.success ? [row.data] : [];
  });
}

/** Names a measurement as the tables do: "mprotect (2 siblings, 1 caller)". */
export function nameOfRow(row: CostRow): string {
  return `${row.technique} (${counted(row.siblings, "sibling")}, ${
    counted(row.callers, "caller")
  })`;
}

/** "1 CPU", "2 CPUs". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** How often a CPU list's members occur in a set of CPUs. */
export function membersOf(list: string, cpus: ReadonlySet<number>): number {
  return (tryCpuList(list) ?? []).filter((cpu) => cpus.has(cpu)).length;
}

/** What refused an ability, in brackets: " (EPERM: SCHED_FIFO is refused)". */
export function whyRefused(ability: { errno: string | null; reason: string | null }): string {
  const { errno, reason } = ability;
  if (reason === null) return errno === null ? "" : ` (${errno})`;
  return errno === null || reason.includes(errno) ? ` (${reason})` : ` (${errno}: ${reason})`;
}
