/** Techniques times hosts: what each is worth where. */

import { resultsIn } from "../experiments/run/results_in.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { type Promise as Promised, techniques } from "../format/techniques.ts";
import type { Verdict } from "../format/verdict.ts";
import { measuredOf } from "./measured.ts";

/** One technique on one host. */
export interface MatrixCell {
  readonly host: string;
  /** null: the run did not try it. */
  readonly available: boolean | null;
  /** What went wrong where it was only tried in vain; null: nothing. */
  readonly failed: string | null;
  readonly interruptsPerOp: number | null;
  /** What documentation promises. */
  readonly promised: Promised;
  readonly verdict: Verdict | null;
  /** Median cost of the caller beside a running sibling, ns. */
  readonly p50Ns: number | null;
  /** Time that one operation takes from each sibling that it interrupts: its handler's median, ns. */
  readonly siblingNs: number | null;
  readonly emulated: boolean;
}

/** One technique on all hosts. */
export interface MatrixRow {
  readonly technique: string;
  readonly cells: readonly MatrixCell[];
}

/** Interrupts per operation from which on siblings are interrupted, and not by chance. */
const INTERRUPTED = 0.1;

/** The matrix of some runs, one column for each, without techniques that none of them tried. */
export function matrixOf(runs: readonly Run[]): MatrixRow[] {
  return techniques.map(({ id, promise }): MatrixRow => ({
    technique: id,
    cells: runs.map((run): MatrixCell => {
      const { reason: _, ...measured } = measuredOf(run, id);
      return {
        host: run.host.name,
        promised: promise,
        emulated: run.host.emulated,
        // Whom nobody interrupts pays nothing: a handler in the trace was somebody else's
        siblingNs: (measured.interruptsPerOp ?? 0) > INTERRUPTED ? siblingCost(run, id) : null,
        ...measured,
      };
    }),
  })).filter(({ cells }) =>
    cells.some(({ available, failed }) => available !== null || failed !== null)
  );
}

/** From captures: handlers of one operation divided by siblings that it interrupts. */
function siblingCost(run: Run, technique: string): number | null {
  for (const result of resultsIn(run, "capture")) {
    const row = result.techniques.find((one) => one.technique === technique);
    if (row?.handlerNs) return row.handlerNs.p50;
  }
  return null;
}
