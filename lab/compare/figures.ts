import type { Result, Run } from "../experiments/run/run_schema.ts";
import { type Replicates, replicatesOf } from "../statistics/replicates.ts";
import { kindOf } from "../experiments/experiments.ts";
import type { Figure } from "../judgement/figure.ts";
import { notComparedWords, timeDoubts } from "../judgement/invalid_times.ts";
import { estimateOf, judge, judgementWords, NO_SPREAD, NOT_COMPARED } from "../judgement/judge.ts";
import type { Estimate } from "../judgement/judgement.ts";
import { compareShares } from "../judgement/shares.ts";
import type { FigureComparison } from "./comparison.ts";

/** A figure with the run that states it. */
interface Stated extends Figure {
  experiment: Result["experiment"];
  run: Run;
}

/** Units in which figures are summed up as logarithms: nothing that is measured is below 1. */
const FINE: Record<Exclude<FigureComparison["unit"], "share">, number> = {
  "ns": 1000,
  "per-second": 1000,
  "times": 1e9,
};

/**
 * Rates, shares and medians that runs state without the samples behind them. Only the spread between
 * runs can judge them: with one run on each side the ratio is shown without a verdict.
 *
 * @param timed Whether times may be compared; all of these depend on time.
 */
export function compareFigures(
  left: readonly Run[],
  right: readonly Run[],
  timed: boolean,
): FigureComparison[] {
  const others = byName(right);
  return [...byName(left)].flatMap(([key, figures]) => {
    const other = others.get(key);
    return other === undefined ? [] : [compareFigure(figures, other, timed)];
  });
}

function byName(runs: readonly Run[]): Map<string, Stated[]> {
  const stated = runs.flatMap((run) => figuresOf(run).map((figure) => ({ ...figure, run })));
  return Map.groupBy(
    stated,
    ({ experiment, subject, figure }) => `${experiment} ${subject} ${figure}`,
  );
}

function compareFigure(
  left: readonly Stated[],
  right: readonly Stated[],
  timed: boolean,
): FigureComparison {
  const { experiment, subject, figure, unit, technique } = left[0]!;
  const name = { experiment, subject, figure, unit };
  const [own, other] = [left, right].map((side) => side.map(({ value }) => value));
  const shares = unit === "share" ? compareShares(own!, other!) : null;
  const [from, to] = [replicates(left), replicates(right)];
  const sides = shares === null
    ? { left: valueOf(from, own!, unit), right: valueOf(to, other!, unit) }
    : { left: shares.left, right: shares.right };
  const refused = (words: string): FigureComparison => ({
    ...name,
    ...sides,
    ...NOT_COMPARED,
    words,
  });
  if (!timed) return refused("shown, not compared");
  const runs = (side: readonly Stated[]): Run[] => side.map(({ run }) => run);
  const doubts = timeDoubts(runs(left), runs(right), technique);
  if (doubts.length > 0) return refused(notComparedWords(doubts));
  if (shares !== null) return { ...name, ...sides, ...shares.judgement, words: shares.words };
  const nothing = [own!, other!].map((values) => values.some((value) => value === 0));
  if (nothing[0] !== nothing[1]) return refused("not compared: nothing has no ratio to something");
  const judged = judge(
    from,
    to,
    0,
    unit === "per-second" || unit === "times" ? "faster" : "slower",
  );
  if (from.spread !== null || to.spread !== null) {
    return { ...name, ...sides, ...judged, words: judgementWords(judged) };
  }
  const ratio = { value: judged.ratio!.value, low: null, high: null };
  return { ...refused(NO_SPREAD), ratio, verdict: "needs-runs" };
}

function replicates(figures: readonly Figure[]): Replicates {
  return replicatesOf(figures.map(({ value, unit }) => {
    const fine = value * fineOf(unit);
    return { value: fine, low: fine, high: fine };
  }));
}

function fineOf(unit: Figure["unit"]): number {
  return unit === "share" ? 1 : FINE[unit];
}

/** One side in the figure's unit; logarithms know no 0, which is shown as it is. */
function valueOf(side: Replicates, values: readonly number[], unit: Figure["unit"]): Estimate {
  const known = side.spread !== null;
  if (values.every((value) => value === 0)) {
    return { value: 0, low: known ? 0 : null, high: known ? 0 : null };
  }
  const { value, low, high } = estimateOf(side);
  const scaled = (end: number | null): number | null =>
    end === null || !known ? null : end / fineOf(unit);
  return { value: value / fineOf(unit), low: scaled(low), high: scaled(high) };
}

/** All figures of a run; those of one kind of result may look at each other. */
function figuresOf({ results }: Run): Omit<Stated, "run">[] {
  const kinds = Map.groupBy(results, ({ experiment }) => experiment);
  return results.flatMap((result) =>
    kindOf(result).figures(result, kinds.get(result.experiment)!)
      .map((figure) => ({ ...figure, experiment: result.experiment }))
  );
}
