import type { TraceProcessor } from "../trace_processor/client.ts";
import { cpuList, number, optional, readRows, type RowOf, text } from "./columns.ts";

const techniqueColumns = {
  technique: text,
  /** How many there are, and how many of them count: the rest of the row is about these. */
  operations: number,
  kept: number,
  /** Calls that were queued for other CPUs. */
  sends: number,
  /** Interrupts that were matched to a handler. */
  interrupts: number,
  /** Null if no operation counts. */
  interruptsPerOperation: optional(number),
  /** CPUs that were interrupted. */
  targets: cpuList,
};

const latencyColumns = {
  technique: text,
  step: text,
  count: number,
  min: number,
  p50: number,
  p90: number,
  p99: number,
  p999: number,
  max: number,
  mean: number,
};

/** The distribution of a duration, in ns. */
export type Distribution = Omit<RowOf<typeof latencyColumns>, "technique" | "step">;

/** A part of an operation's duration that has a distribution. */
export type Step =
  /** From begin to end, as the caller sees it. */
  | "operation"
  /** From the begin to the first sending. */
  | "enter_to_send"
  /** From sending to the begin of the target's handler. */
  | "send_to_entry"
  /** From there until the caller's function had run. */
  | "handler"
  /** From the last target's answer to the end. */
  | "exit_to_return"
  /** A target's handler from begin to end: what its own thread lost. */
  | "interrupted";

/** What a technique did and cost in a trace. */
export interface TechniqueRow extends RowOf<typeof techniqueColumns> {
  /** By step; a step that never happened is not there. */
  readonly ns: Readonly<Partial<Record<Step, Distribution>>>;
}

/**
 * One row for each technique, in order of first appearance.
 *
 * @param processor One that knows the lab's modules and has a trace loaded.
 */
export async function techniqueTable(processor: TraceProcessor): Promise<TechniqueRow[]> {
  const rows = await processor.query(`
    INCLUDE PERFETTO MODULE fencelab.techniques;
    SELECT
      technique, operations, kept, sends, interrupts,
      interrupts_per_operation AS interruptsPerOperation, targets
    FROM fencelab_techniques`);
  const latencies = readRows(
    await processor.query("SELECT * FROM fencelab_latencies"),
    latencyColumns,
  );
  return readRows(rows, techniqueColumns).map((row) => ({
    ...row,
    ns: Object.fromEntries(
      latencies.filter(({ technique }) => technique === row.technique)
        .map(({ technique: _, step, ...distribution }) => [step, distribution]),
    ),
  }));
}
