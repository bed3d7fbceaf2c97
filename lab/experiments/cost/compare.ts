import { mean } from "simple-statistics";
import { OUTCOME_WORDS, outcomeOf } from "../../format/attempt_schema.ts";
import type { Histogram } from "../../format/histogram_schema.ts";
import { interruptsDiffer } from "../../judgement/interrupts.ts";
import { notComparedWords, timeDoubts } from "../../judgement/invalid_times.ts";
import {
  estimateOf,
  isChange,
  judge,
  judgementWords,
  NOT_COMPARED,
} from "../../judgement/judge.ts";
import type { Estimate, Judgement } from "../../judgement/judgement.ts";
import { dominance } from "../../statistics/dominance.ts";
import { type QuantileInterval, quantileIntervals } from "../../statistics/quantile_interval.ts";
import { type Replicates, replicatesOf } from "../../statistics/replicates.ts";
import type { Run } from "../run/run_schema.ts";
import type {
  CostComparison,
  CostSide,
  CostSubject,
  QuantileComparison,
} from "./cost_comparison.ts";
import type { CostResult } from "./cost_schema.ts";

/** The quantiles that are compared. */
export const QUANTILES = [["p50", 0.5], ["p90", 0.9], ["p99", 0.99]] as const;

const PICOSECONDS = 1000;

/** A cost result with its quantiles, which comparisons take more than once. */
export interface CostSample {
  readonly result: CostResult;
  /** In the order of {@linkcode QUANTILES}, picoseconds; `null` without samples. */
  readonly quantiles: readonly QuantileInterval[] | null;
}

/** Takes the quantiles of a result. */
export function sampleOf(result: CostResult): CostSample {
  const { histogram } = result;
  const filled = histogram !== null && histogram.index.length > 0;
  const shares = QUANTILES.map(([, share]) => share);
  return { result, quantiles: filled ? quantileIntervals(histogram, shares) : null };
}

/** A cost result and the run that it is of. */
export interface MeasuredCost {
  readonly run: Run;
  readonly result: CostResult;
}

/** Cost results of several runs, by technique and arrangement, in the order of the first run. */
export function costSeries(runs: readonly Run[]): Map<string, MeasuredCost[]> {
  const series = new Map<string, MeasuredCost[]>();
  for (const run of runs) {
    for (const result of run.results) {
      if (result.experiment !== "cost") continue;
      const key = JSON.stringify(subjectOf(result));
      const known = series.get(key);
      if (known === undefined) series.set(key, [{ run, result }]);
      else known.push({ run, result });
    }
  }
  return series;
}

/** What tells a cost result from others of its run. */
export function subjectOf(result: CostSubject): CostSubject {
  const { technique, callers, siblings, placement } = result;
  return { technique, callers, siblings, placement };
}

/**
 * The cost of everything that both sides measured.
 *
 * @param timed Whether times may be compared; if not they are shown, without ratio and verdict.
 */
export function compareCosts(
  left: readonly Run[],
  right: readonly Run[],
  timed: boolean,
): CostComparison[] {
  const others = costSeries(right);
  const samples = (measured: readonly MeasuredCost[]): CostSample[] =>
    measured.map(({ result }) => sampleOf(result));
  return [...costSeries(left)].flatMap(([key, measured]) => {
    const other = others.get(key);
    if (other === undefined) return [];
    const doubts = costDoubts(measured, other);
    return [compareCost(samples(measured), samples(other), timed, doubts)];
  });
}

/** Why times of one technique must not be judged, by the warnings of its runs. */
export function costDoubts(
  left: readonly MeasuredCost[],
  right: readonly MeasuredCost[],
): string[] {
  const runs = (side: readonly MeasuredCost[]): Run[] => side.map(({ run }) => run);
  return timeDoubts(runs(left), runs(right), left[0]!.result.technique);
}

/**
 * One technique in one arrangement; both lists hold one result of each run, and are not empty.
 *
 * @param comparable Whether times of these runs may be compared at all.
 * @param doubts Why those of this technique may not even so ({@linkcode costDoubts}).
 */
export function compareCost(
  left: readonly CostSample[],
  right: readonly CostSample[],
  comparable: boolean,
  doubts: readonly string[] = [],
): CostComparison {
  const timed = comparable && doubts.length === 0;
  const sides = { left: sideOf(left), right: sideOf(right) };
  const [from, to] = [withSamples(left), withSamples(right)];
  const quantiles = from.length === 0 || to.length === 0
    ? []
    : QUANTILES.map((_, place) => compareQuantile(place, from, to, timed));
  const interruptsChanged = interruptsDiffer(sides.left.ipisPerOp, sides.right.ipisPerOp);
  return {
    ...subjectOf(left[0]!.result),
    ...sides,
    quantiles,
    effect: timed ? dominance(histogramsOf(from), histogramsOf(to)) : null,
    verdict: quantiles[0]?.verdict ?? "not-compared",
    words: wordsOf(sides, quantiles, {
      doubts: timed ? null : doubts,
      interruptsChanged,
      onceEach: from.length + to.length === 2,
    }),
    interruptsChanged,
    notes: [
      ...doubts.length === 0 ? [] : [notComparedWords(doubts)],
      ...notesOf(from, to),
    ],
  };
}

function withSamples(samples: readonly CostSample[]): CostSample[] {
  return samples.filter(({ quantiles }) => quantiles !== null);
}

function histogramsOf(samples: readonly CostSample[]): Histogram[] {
  return samples.map(({ result }) => result.histogram!);
}

function sideOf(samples: readonly CostSample[]): CostSide {
  const results = samples.map(({ result }) => result);
  const counted = results.flatMap(({ ipisPerOp }) => ipisPerOp === null ? [] : [ipisPerOp.value]);
  const kept = results.reduce((sum, { count }) => sum + count, 0);
  const without = results.find(({ available }) => !available);
  const why = without === undefined
    ? "no sample was kept"
    : `${OUTCOME_WORDS[outcomeOf(without)]}${without.reason === null ? "" : `: ${without.reason}`}`;
  return {
    runs: results.length,
    samples: kept,
    dropped: results.reduce((sum, { dropped }) => sum + dropped, 0),
    ipisPerOp: counted.length === 0 ? null : mean(counted),
    reason: withSamples(samples).length > 0 ? null : why,
  };
}

/** What runs with samples say about one of {@linkcode QUANTILES}, in picoseconds. */
function replicates(samples: readonly CostSample[], place: number): Replicates {
  return replicatesOf(samples.map(({ quantiles }) => quantiles![place]!));
}

/** One of {@linkcode QUANTILES} in nanoseconds with its interval; `null` without samples. */
export function costEstimate(samples: readonly CostSample[], place: number): Estimate | null {
  const filled = withSamples(samples);
  return filled.length === 0 ? null : inNanoseconds(estimateOf(replicates(filled, place)));
}

function inNanoseconds({ value, low, high }: Estimate): Estimate {
  const scaled = (end: number | null): number | null => end === null ? null : end / PICOSECONDS;
  return { value: value / PICOSECONDS, low: scaled(low), high: scaled(high) };
}

function compareQuantile(
  place: number,
  left: readonly CostSample[],
  right: readonly CostSample[],
  timed: boolean,
): QuantileComparison {
  const [quantile] = QUANTILES[place]!;
  const [from, to] = [replicates(left, place), replicates(right, place)];
  const smaller = Math.exp(Math.min(from.centre, to.centre));
  const step = stepOf([...left, ...right]) * PICOSECONDS / smaller;
  const judgement = timed ? judgeQuantile(quantile, from, to, step) : NOT_COMPARED;
  return {
    quantile,
    left: inNanoseconds(estimateOf(from)),
    right: inNanoseconds(estimateOf(to)),
    ...judgement,
  };
}

/**
 * Tails come in bursts: their samples are far from independent, and those of two runs alike differ
 * by more than their intervals. So only the spread between runs can judge them.
 */
function judgeQuantile(
  quantile: QuantileComparison["quantile"],
  left: Replicates,
  right: Replicates,
  step: number,
): Judgement {
  const judged = judge(left, right, step);
  const single = left.spread === null && right.spread === null;
  if (quantile === "p50" || !single) return judged;
  return { ...judged, threshold: null, thresholdFrom: null, verdict: "needs-runs" };
}

/** The finest difference of two samples, nanoseconds: the clock's step, shared by operations. */
function stepOf(samples: readonly CostSample[]): number {
  return Math.max(
    ...samples.map(({ result }) => (result.clock?.stepNs ?? 0) / result.opsPerSample),
  );
}

function wordsOf(
  { left, right }: { left: CostSide; right: CostSide },
  quantiles: readonly QuantileComparison[],
  { doubts, interruptsChanged, onceEach }: {
    /** `null`: times are compared. */
    doubts: readonly string[] | null;
    interruptsChanged: boolean;
    onceEach: boolean;
  },
): string {
  const words: string[] = [];
  if (left.reason !== null) words.push(`left: ${left.reason}`);
  if (right.reason !== null) words.push(`right: ${right.reason}`);
  const [median, ...others] = quantiles;
  if (median !== undefined && doubts === null) words.push(judgementWords(median, onceEach));
  if (median !== undefined && doubts !== null) {
    words.push(notComparedWords(doubts));
  }
  for (const { quantile, verdict } of others) {
    if (isChange(verdict) && verdict !== median!.verdict) words.push(`${quantile} ${verdict}`);
  }
  if (interruptsChanged) {
    const [from, to] = [left.ipisPerOp!.toFixed(2), right.ipisPerOp!.toFixed(2)];
    words.push(`interrupts per operation changed from ${from} to ${to}`);
  }
  return words.join("; ");
}

/** How the sides were measured, where that is not the same. */
function notesOf(left: readonly CostSample[], right: readonly CostSample[]): string[] {
  if (left.length === 0 || right.length === 0) return [];
  const notes: string[] = [];
  const note = (what: string, value: (result: CostResult) => string): void => {
    const [from, to] = [left, right].map((side) =>
      [...new Set(side.map(({ result }) => value(result)))].sort().join(", ")
    );
    if (from !== to) notes.push(`${what}: ${from} / ${to}`);
  };
  note("priority", (result) => result.priority);
  note("interrupts counted by", (result) => result.ipisPerOp?.source ?? "nobody");
  // Batches follow the operation's length; below a factor of two medians of means differ little.
  const operations = (side: readonly CostSample[]): number =>
    Math.max(...side.map(({ result }) => result.opsPerSample));
  const [from, to] = [operations(left), operations(right)];
  if (Math.max(from / to, to / from) > 2) notes.push(`operations per sample: ${from} / ${to}`);
  return notes;
}
