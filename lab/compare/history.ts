import type { Run } from "../run_schema.ts";
import { timeBarriers } from "./comparability.ts";
import { labelOf } from "./compare_runs.ts";
import type {
  CostComparison,
  CostSubject,
  EnvironmentDifference,
  Estimate,
  RunLabel,
} from "./comparison.ts";
import {
  compareCost,
  costEstimate,
  type CostSample,
  costSeries,
  sampleOf,
  subjectOf,
} from "./cost.ts";
import { environmentDifferences } from "./environment_rows.ts";

/** One run's cost of a technique. */
export interface HistoryPoint {
  run: string;
  startedAt: string;
  kernel: string;
  /** Nanoseconds; `null` where no sample was kept. */
  p50: Estimate | null;
  p99: Estimate | null;
  ipisPerOp: number | null;
}

/** What happened to a technique where the kernel changed. */
export interface HistoryStep {
  /** Which of {@linkcode History.changes}. */
  change: number;
  comparison: CostComparison;
}

/** One technique in one arrangement over time. */
export interface HistorySeries extends CostSubject {
  points: HistoryPoint[];
  /** One for each change of the kernel that has runs of this technique on both sides. */
  steps: HistoryStep[];
}

/** A change of the kernel: the runs since the one before it, and those until the next. */
export interface KernelChange {
  before: { kernel: string; runs: RunLabel[] };
  after: { kernel: string; runs: RunLabel[] };
  /** All that differs, for the kernel may not be the cause. */
  environment: EnvironmentDifference[];
  /** Why times must not be compared across it; empty if they may be. */
  timeBarriers: string[];
}

/** The runs of a host in the order of time. */
export interface History {
  hosts: string[];
  runs: RunLabel[];
  /** Why times of these runs mean nothing, or not the same; empty as a rule. */
  timeBarriers: string[];
  changes: KernelChange[];
  series: HistorySeries[];
}

/** A result with the run it belongs to. */
interface Measured extends CostSample {
  readonly run: Run;
}

/**
 * The history of runs, of one host as a rule: the cost of each technique run by run, and what each
 * change of the kernel did to it, by the same rule as any comparison.
 *
 * @param technique Only this one; all when left out.
 */
export function historyOf(runs: readonly Run[], technique?: string): History {
  const ordered = [...runs].sort((left, right) =>
    Date.parse(left.startedAt) - Date.parse(right.startedAt) || (left.id < right.id ? -1 : 1)
  );
  const eras = erasOf(ordered);
  const changes = eras.slice(1).map((era, at) => changeBetween(eras[at]!, era));
  const wanted = [...costSeries(ordered).values()].filter(([first]) =>
    technique === undefined || first!.result.technique === technique
  );
  const series = wanted.map((results) => {
    const measured = results.map(({ run, result }) => ({ run, ...sampleOf(result) }));
    return {
      ...subjectOf(results[0]!.result),
      points: measured.map(pointOf),
      steps: stepsOf(measured, eras, changes),
    };
  });
  const hosts = [...new Set(ordered.map((run) => run.host.name))];
  return {
    hosts,
    runs: ordered.map(labelOf),
    timeBarriers: timeBarriers(ordered),
    changes,
    series,
  };
}

/** Runs in a row on the same kernel. */
function erasOf(runs: readonly Run[]): Run[][] {
  const eras: Run[][] = [];
  for (const run of runs) {
    const era = eras.at(-1);
    if (era !== undefined && kernelOf(era[0]!) === kernelOf(run)) era.push(run);
    else eras.push([run]);
  }
  return eras;
}

/** Release and build: kernels of one's own often keep the release. */
function kernelOf({ host, environment }: Run): string {
  const { kernel } = environment;
  const version = typeof kernel === "object" && kernel !== null && "version" in kernel
    ? kernel.version
    : null;
  return typeof version === "string" ? `${host.kernel} ${version}` : host.kernel;
}

function changeBetween(before: readonly Run[], after: readonly Run[]): KernelChange {
  const [from, to] = [before[0]!, after[0]!];
  const sameRelease = from.host.kernel === to.host.kernel;
  const name = (run: Run): string => sameRelease ? kernelOf(run) : run.host.kernel;
  return {
    before: { kernel: name(from), runs: before.map(labelOf) },
    after: { kernel: name(to), runs: after.map(labelOf) },
    environment: environmentDifferences(before, after),
    timeBarriers: timeBarriers([...before, ...after]),
  };
}

function pointOf(measured: Measured): HistoryPoint {
  const { run, result } = measured;
  return {
    run: run.id,
    startedAt: run.startedAt,
    kernel: run.host.kernel,
    p50: costEstimate([measured], 0),
    p99: costEstimate([measured], 2),
    ipisPerOp: result.ipisPerOp?.value ?? null,
  };
}

function stepsOf(
  measured: readonly Measured[],
  eras: readonly Run[][],
  changes: readonly KernelChange[],
): HistoryStep[] {
  const results = eras.map((era) => {
    const own = new Set(era);
    return measured.filter(({ run }) => own.has(run));
  });
  return changes.flatMap(({ timeBarriers }, change) => {
    const [before, after] = [results[change]!, results[change + 1]!];
    if (before.length === 0 || after.length === 0) return [];
    return [{ change, comparison: compareCost(before, after, timeBarriers.length === 0) }];
  });
}
