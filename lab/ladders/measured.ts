/** What a run says about one technique, as far as ladders, advice and matrix need it. */

import type { Run } from "../run_schema.ts";
import type { CostResult } from "../schema/cost_schema.ts";

/** One technique on one host; null: the run does not say. */
export interface Measured {
  readonly available: boolean | null;
  /** Median cost of a call beside running siblings, ns. */
  readonly p50Ns: number | null;
  readonly interruptsPerOp: number | null;
  /** Verdict of the ordering experiment for a running sibling. */
  readonly verdict: string | null;
}

/** The measurement whose siblings run, with one caller and the fewest siblings. */
function costOf(run: Run, technique: string): CostResult | null {
  const rows = run.results.filter((result) =>
    result.experiment === "cost" && result.technique === technique && result.callers === 1
  ) as CostResult[];
  const withSiblings = rows.filter(({ siblings }) => siblings > 0)
    .toSorted((left, right) => left.siblings - right.siblings);
  return withSiblings[0] ?? rows[0] ?? null;
}

/** Everything that a run measured of a technique. */
export function measuredOf(run: Run, technique: string): Measured {
  const cost = costOf(run, technique);
  const ordering = run.results.find((result) =>
    result.experiment === "ordering" && result.technique === technique &&
    (result.role === "technique" || result.role === "control") && result.arrangement === "sibling"
  );
  const captured = run.results.flatMap((result) =>
    result.experiment === "capture" ? result.techniques : []
  ).find((row) => row.technique === technique);
  const judged = ordering?.experiment === "ordering" ? ordering : null;
  const counted = judged?.counted.interruptsPerOp ?? null;
  const running = cost !== null && cost.siblings > 0;
  return {
    available: cost?.available ?? judged?.counted.available ?? captured?.available ?? null,
    p50Ns: running ? cost.ns?.p50 ?? null : judged?.counted.costNs ?? null,
    interruptsPerOp: (running ? cost.ipisPerOp?.value : null) ?? counted ?? captured?.ipisPerOp ??
      null,
    verdict: judged?.verdict ?? null,
  };
}
