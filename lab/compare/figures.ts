import type { Result, Run } from "../experiments/run/run_schema.ts";
import { type Replicates, replicatesOf } from "../statistics/replicates.ts";
import type { Estimate, FigureComparison } from "./comparison.ts";
import { disturbanceSubject } from "../experiments/disturbance/disturbance_subject.ts";
import { notComparedWords, timeDoubts } from "./invalid_times.ts";
import { estimateOf, judge, judgementWords, NO_SPREAD, NOT_COMPARED } from "./judge.ts";
import { compareShares } from "./shares.ts";

/** A figure of one run. */
interface Figure {
  experiment: Result["experiment"];
  technique: string;
  subject: string;
  figure: string;
  unit: FigureComparison["unit"];
  value: number;
}

/** A figure with the run that states it. */
interface Stated extends Figure {
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

function figuresOf(run: Run): Figure[] {
  return run.results.flatMap((result) => {
    switch (result.experiment) {
      case "cost":
        return registrationFigures(result);
      case "rcu":
        return rcuFigures(result, run);
      case "disturbance":
        return disturbanceFigures(result);
      case "capture":
        return captureFigures(result);
      default:
        return [];
    }
  });
}

type Of<Name extends Result["experiment"]> = Extract<Result, { experiment: Name }>;

/** Registering stands with one result of its technique: it depends on no arrangement. */
function registrationFigures({ experiment, technique, registerNs }: Of<"cost">): Figure[] {
  if (registerNs === null) return [];
  const subject = `registering for ${technique}`;
  const kinds = [
    ["first, one thread", registerNs.coldSingle],
    ["first, many threads", registerNs.coldThreaded],
    ["again", registerNs.warm],
  ] as const;
  return kinds.flatMap(([name, times]): Figure[] =>
    times === null || times.count === 0 ? [] : [{
      experiment,
      technique,
      subject,
      figure: `${name} p50`,
      unit: "ns",
      value: times.p50,
    }]
  );
}

function rcuFigures(result: Of<"rcu">, run: Run): Figure[] {
  const { experiment, technique, flavour, readers, writers, seconds, reads, writes } = result;
  if (!result.available || result.mode !== "bench" || result.mutant || seconds === 0) return [];
  const subject = `${flavour}, ${readers} readers, ${writers} writers`;
  const name = { experiment, technique, subject };
  const perSecond = { ...name, unit: "per-second" as const };
  const figures: Figure[] = [
    { ...perSecond, figure: "reads", value: reads / seconds },
    { ...perSecond, figure: "writes", value: writes / seconds },
  ];
  // The flavour with fences in the reader is the yardstick of the kernel commit's table.
  const yardstick = run.results.find((one) =>
    one.experiment === "rcu" && one.flavour === "mb" && one.mode === "bench" && !one.mutant &&
    one.readers === readers && one.writers === writers && one.reads > 0
  );
  if (yardstick?.experiment === "rcu" && flavour !== "mb") {
    const value = reads / seconds / (yardstick.reads / yardstick.seconds);
    figures.push({ ...name, figure: "reads relative to mb", unit: "times", value });
  }
  return figures;
}

function disturbanceFigures(result: Of<"disturbance">): Figure[] {
  const { experiment, technique, wakeupNs, idleNs, stolenShare } = result;
  if (!result.available) return [];
  const named = { experiment, technique, subject: disturbanceSubject(result) };
  const figures: Figure[] = [];
  for (const [name, times] of [["wake-up", wakeupNs], ["idle wake-up", idleNs]] as const) {
    for (const quantile of ["p50", "p99"] as const) {
      if (times === null) continue;
      const [figure, value] = [`${name} ${quantile}`, times[quantile]];
      figures.push({ ...named, figure, unit: "ns", value });
    }
  }
  if (stolenShare !== null) {
    const [figure, value] = ["stolen share", stolenShare];
    figures.push({ ...named, figure, unit: "share", value });
  }
  return figures;
}

function captureFigures({ experiment, techniques }: Of<"capture">): Figure[] {
  return techniques.flatMap((row) => {
    const { technique } = row;
    const steps = [
      ["enter to send", row.enterToSendNs],
      ["send to entry", row.sendToEntryNs],
      ["handler", row.handlerNs],
      ["exit to return", row.exitToReturnNs],
    ] as const;
    return steps.flatMap(([name, times]): Figure[] => {
      if (times === null || times.count === 0) return [];
      const [figure, value] = [`${name} p50`, times.p50];
      return [{ experiment, technique, subject: technique, figure, unit: "ns", value }];
    });
  });
}
