import type { Result, Run } from "../run_schema.ts";
import { type Replicates, replicatesOf } from "../statistics/replicates.ts";
import type { Estimate, FigureComparison } from "./comparison.ts";
import { disturbanceSubject } from "./disturbance_subject.ts";
import { estimateOf, judge, judgementWords, NOT_COMPARED } from "./judge.ts";

/** A figure of one run. */
interface Figure {
  experiment: Result["experiment"];
  subject: string;
  figure: string;
  unit: FigureComparison["unit"];
  value: number;
}

/** Units in which figures are summed up as logarithms: nothing that is measured is below 1. */
const FINE: Record<FigureComparison["unit"], number> = {
  "ns": 1000,
  "per-second": 1000,
  "share": 1e9,
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

function byName(runs: readonly Run[]): Map<string, Figure[]> {
  const named = new Map<string, Figure[]>();
  for (const figure of runs.flatMap(figuresOf)) {
    const key = `${figure.experiment} ${figure.subject} ${figure.figure}`;
    const known = named.get(key);
    if (known === undefined) named.set(key, [figure]);
    else known.push(figure);
  }
  return named;
}

function compareFigure(
  left: readonly Figure[],
  right: readonly Figure[],
  timed: boolean,
): FigureComparison {
  const { experiment, subject, figure, unit } = left[0]!;
  const [from, to] = [replicates(left), replicates(right)];
  const sides = { left: valueOf(from, unit), right: valueOf(to, unit) };
  const name = { experiment, subject, figure, unit, ...sides };
  if (!timed) return { ...name, ...NOT_COMPARED, words: "shown, not compared" };
  const judged = judge(
    from,
    to,
    0,
    unit === "per-second" || unit === "times" ? "faster" : "slower",
  );
  if (from.spread !== null || to.spread !== null) {
    const words = judgementWords(judged);
    return { ...name, ...judged, words: unit === "share" ? asShare(words) : words };
  }
  const ratio = { value: judged.ratio!.value, low: null, high: null };
  const words = "no verdict: one run on each side, and what two runs differ by is unknown";
  return { ...name, ...NOT_COMPARED, ratio, verdict: "needs-runs", words };
}

/** A share does not get slower. */
function asShare(words: string): string {
  return words.replace(/^slower/, "more").replace(/^faster/, "less");
}

function replicates(figures: readonly Figure[]): Replicates {
  return replicatesOf(figures.map(({ value, unit }) => {
    const fine = value * FINE[unit];
    return { value: fine, low: fine, high: fine };
  }));
}

function valueOf(side: Replicates, unit: Figure["unit"]): Estimate {
  const { value, low, high } = estimateOf(side);
  const known = side.spread !== null;
  const scaled = (end: number | null): number | null =>
    end === null || !known ? null : end / FINE[unit];
  return { value: value / FINE[unit], low: scaled(low), high: scaled(high) };
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
    times === null || times.count === 0
      ? []
      : [{ experiment, subject, figure: `${name} p50`, unit: "ns", value: times.p50 }]
  );
}

function rcuFigures(result: Of<"rcu">, run: Run): Figure[] {
  const { experiment, flavour, readers, writers, seconds, reads, writes } = result;
  if (!result.available || result.mode !== "bench" || result.mutant || seconds === 0) return [];
  const subject = `${flavour}, ${readers} readers, ${writers} writers`;
  const perSecond = { experiment, subject, unit: "per-second" as const };
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
    figures.push({ experiment, subject, figure: "reads relative to mb", unit: "times", value });
  }
  return figures;
}

function disturbanceFigures(result: Of<"disturbance">): Figure[] {
  const { experiment, wakeupNs, idleNs, stolenShare } = result;
  if (!result.available) return [];
  const subject = disturbanceSubject(result);
  const figures: Figure[] = [];
  for (const [name, times] of [["wake-up", wakeupNs], ["idle wake-up", idleNs]] as const) {
    for (const quantile of ["p50", "p99"] as const) {
      if (times === null) continue;
      const [figure, value] = [`${name} ${quantile}`, times[quantile]];
      figures.push({ experiment, subject, figure, unit: "ns", value });
    }
  }
  if (stolenShare !== null) {
    const [figure, value] = ["stolen share", stolenShare];
    figures.push({ experiment, subject, figure, unit: "share", value });
  }
  return figures;
}

function captureFigures({ experiment, techniques }: Of<"capture">): Figure[] {
  return techniques.flatMap((row) => {
    const steps = [
      ["enter to send", row.enterToSendNs],
      ["send to entry", row.sendToEntryNs],
      ["handler", row.handlerNs],
      ["exit to return", row.exitToReturnNs],
    ] as const;
    return steps.flatMap(([name, times]): Figure[] => {
      if (times === null || times.count === 0) return [];
      const [figure, value] = [`${name} p50`, times.p50];
      return [{ experiment, subject: row.technique, figure, unit: "ns", value }];
    });
  });
}
