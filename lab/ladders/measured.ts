/** What a run says about one technique, as far as ladders, advice and matrix need it. */

import type { HostRun } from "../experiments/run/host_evidence.ts";
import { resultsIn } from "../experiments/run/results_in.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import type { CapturedTechnique } from "../experiments/capture/capture_schema.ts";
import type { CostResult } from "../experiments/cost/cost_schema.ts";
import type { OrderingCounts } from "../experiments/ordering/ordering_schema.ts";
import type { Verdict } from "../format/verdict.ts";
import { orderedOf, siblingRows } from "./evidence.ts";

/** One technique on one host; null: the run does not say. */
export interface Measured {
  readonly available: boolean | null;
  /** Why it is not available, as the core says it. */
  readonly reason: string | null;
  /** Median cost of a call beside running siblings, ns. */
  readonly p50Ns: number | null;
  readonly interruptsPerOp: number | null;
  /** Verdict for a running sibling; not-ordered if the technique failed in any other situation. */
  readonly verdict: Verdict | null;
}

/** Interrupts per operation by one way of counting. */
export interface Counted {
  readonly perOp: number;
  /** false: everybody's interrupts of the machine were counted, so it is a bound from above. */
  readonly own: boolean;
}

/** The measurement whose siblings run, with one caller and the fewest siblings. */
function costOf(run: Run, technique: string): CostResult | null {
  const rows = resultsIn(run, "cost").filter((result) =>
    result.technique === technique && result.callers === 1
  );
  const withSiblings = rows.filter(({ siblings }) => siblings > 0)
    .toSorted((left, right) => left.siblings - right.siblings);
  return withSiblings[0] ?? rows[0] ?? null;
}

function orderingOf(run: Run, technique: string): OrderingCounts | null {
  return siblingRows(run, technique)[0]?.counted ?? null;
}

function capturedOf(run: Run, technique: string): CapturedTechnique | null {
  return resultsIn(run, "capture").filter(({ available }) => available)
    .flatMap(({ techniques }) => techniques)
    .find((row) => row.technique === technique) ?? null;
}

/** Every count of a technique's interrupts, with siblings that run. */
export function countsOf(run: Run, technique: string): Counted[] {
  const cost = costOf(run, technique);
  const found: Counted[] = [];
  if (cost !== null && cost.siblings > 0 && cost.ipisPerOp !== null) {
    const { value, source } = cost.ipisPerOp;
    found.push({ perOp: value, own: source !== "proc-interrupts" });
  }
  for (
    const perOp of [
      orderingOf(run, technique)?.interruptsPerOp,
      capturedOf(run, technique)?.ipisPerOp,
    ]
  ) {
    if (typeof perOp === "number") found.push({ perOp, own: true });
  }
  return found;
}

/** Everything that a run measured of a technique. */
export function measuredOf(run: Run | HostRun, technique: string): Measured {
  const cost = costOf(run, technique);
  const ordering = orderingOf(run, technique);
  const captured = capturedOf(run, technique);
  const running = cost !== null && cost.siblings > 0;
  const counts = countsOf(run, technique);
  const tried = [cost, ordering, captured].find((one) => one !== null) ?? null;
  return {
    available: tried?.available ?? null,
    reason: tried?.available === false ? tried.reason : null,
    p50Ns: running ? cost.ns?.p50 ?? null : ordering?.costNs ?? null,
    interruptsPerOp: (counts.find(({ own }) => own) ?? counts[0])?.perOp ?? null,
    verdict: orderedOf(run, technique).verdict,
  };
}
