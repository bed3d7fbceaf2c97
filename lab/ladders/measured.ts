/** What a run says about one technique, as far as ladders, advice and matrix need it. */

import type { HostRun } from "../experiments/run/host_evidence.ts";
import { resultsIn } from "../experiments/run/results_in.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import type { CapturedTechnique } from "../experiments/capture/capture_schema.ts";
import type { CostResult } from "../experiments/cost/cost_schema.ts";
import type { OrderingCounts } from "../experiments/ordering/ordering_schema.ts";
import { outcomeOf } from "../format/attempt_schema.ts";
import type { Verdict } from "../format/verdict.ts";
import { failureOf, orderedOf, siblingRows } from "./evidence.ts";

/** One technique on one host; null: the run does not say. */
export interface Measured {
  readonly available: boolean | null;
  /** Why it is not available, as the core says it. */
  readonly reason: string | null;
  /** What went wrong where it was only tried in vain, so that nothing is known of it; null: nothing. */
  readonly failed: string | null;
  /** Median cost of a call beside running siblings, ns. */
  readonly p50Ns: number | null;
  readonly interruptsPerOp: number | null;
  /** Verdict for a running sibling; not-ordered if the technique failed in any other situation. */
  readonly verdict: Verdict | null;
}

/** Interrupts per operation of each sibling, by one way of counting. */
export interface Counted {
  readonly perOp: number;
  /** Siblings that ran; null: the way of counting does not say. */
  readonly siblings: number | null;
  /** false: everybody's interrupts of the machine were counted, so it is a bound from above. */
  readonly own: boolean;
}

/** The measurement whose siblings run, with one caller and the fewest siblings. */
function costOf(run: Run, technique: string): CostResult | null {
  const rows = resultsIn(run, "cost").filter((result) =>
    result.technique === technique && result.callers === 1 && outcomeOf(result) !== "failed"
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
    .find((row) => row.technique === technique && outcomeOf(row) !== "failed") ?? null;
}

/** Every count of a technique's interrupts, with however many siblings that run. */
export function countsOf(run: Run, technique: string): Counted[] {
  const costs = resultsIn(run, "cost").flatMap((row): Counted[] => {
    const { siblings, callers, ipisPerOp } = row;
    if (row.technique !== technique || callers !== 1 || siblings === 0 || !ipisPerOp) return [];
    const own = ipisPerOp.source !== "proc-interrupts";
    return [{ perOp: ipisPerOp.value / siblings, siblings, own }];
  });
  const orderings = siblingRows(run, technique).flatMap(({ siblings = 1, counted }): Counted[] =>
    counted.interruptsPerOp === null
      ? []
      : [{ perOp: counted.interruptsPerOp, siblings, own: true }]
  );
  const captured = capturedOf(run, technique)?.ipisPerOp;
  return [
    ...costs,
    ...orderings,
    ...typeof captured === "number" ? [{ perOp: captured, siblings: null, own: true }] : [],
  ];
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
    failed: tried === null ? failureOf(run, technique) : null,
    p50Ns: running ? cost.ns?.p50 ?? null : ordering?.costNs ?? null,
    interruptsPerOp: (counts.find(({ own }) => own) ?? counts[0])?.perOp ?? null,
    verdict: orderedOf(run, technique).verdict,
  };
}
