import { machineOf } from "../experiments/run/host_identity.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { translatedWords } from "../experiments/run/words.ts";
import { timeBarriers } from "./comparability.ts";
import { labelOf } from "./compare_runs.ts";
import type { CostComparison, CostSubject } from "../experiments/cost/cost_comparison.ts";
import type { Estimate } from "../judgement/judgement.ts";
import type { EnvironmentDifference, RunLabel } from "./comparison.ts";
import {
  compareCost,
  costDoubts,
  costEstimate,
  type CostSample,
  costSeries,
  sampleOf,
  subjectOf,
} from "../experiments/cost/compare.ts";
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

/** A machine of the history: names alone do not tell them apart. */
export interface HistoryMachine {
  /** What it is, in words that no other machine of the history has. */
  label: string;
  /** Ids of its runs in the order of time. */
  runs: string[];
}

/** One technique in one arrangement on one machine over time. */
export interface HistorySeries extends CostSubject {
  /** Which of {@linkcode History.machines}. */
  machine: number;
  points: HistoryPoint[];
  /** One for each change of the kernel that has runs of this technique on both sides. */
  steps: HistoryStep[];
}

/** A change of a machine's kernel: the runs since the one before it, and those until the next. */
export interface KernelChange {
  /** Which of {@linkcode History.machines}. */
  machine: number;
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
  /** In the order of their first runs; runs of one are never compared with those of another. */
  machines: HistoryMachine[];
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
 * Different machines may bear one name, for each calls itself local: every one has its own series and
 * its own changes, so that the way from one to another is no step of the kernel.
 *
 * @param technique Only this one; all when left out.
 */
export function historyOf(runs: readonly Run[], technique?: string): History {
  const ordered = [...runs].sort((left, right) =>
    Date.parse(left.startedAt) - Date.parse(right.startedAt) || (left.id < right.id ? -1 : 1)
  );
  const groups = [...Map.groupBy(ordered, machineOf).values()];
  const labels = labelsOf(groups.map(([first]) => first!));
  const changes: KernelChange[] = [];
  const series: HistorySeries[] = [];
  for (const [machine, own] of groups.entries()) {
    const eras = erasOf(own);
    const from = changes.length;
    changes.push(...eras.slice(1).map((era, at) => changeBetween(machine, eras[at]!, era)));
    for (const results of costSeries(own).values()) {
      const subject = subjectOf(results[0]!.result);
      if (technique !== undefined && subject.technique !== technique) continue;
      const measured = results.map(({ run, result }) => ({ run, ...sampleOf(result) }));
      const steps = stepsOf(measured, eras, changes, from);
      series.push({ ...subject, machine, points: measured.map(pointOf), steps });
    }
  }
  return {
    hosts: [...new Set(ordered.map((run) => run.host.name))],
    machines: groups.map((own, at) => ({ label: labels[at]!, runs: own.map(({ id }) => id) })),
    runs: ordered.map(labelOf),
    timeBarriers: [...new Set(groups.flatMap((own) => timeBarriers(own)))],
    changes,
    series,
  };
}

/** What machines are, in words; numbered where these do not differ. */
function labelsOf(firsts: readonly Run[]): string[] {
  const words = firsts.map(({ host, environment }) => {
    const cpu = environment["cpu"] as { model?: unknown } | undefined;
    const model = typeof cpu?.model === "string" ? cpu.model : "unknown CPU";
    const cpus = host.cpus === 1 ? "1 CPU" : `${host.cpus} CPUs`;
    const under = host.hypervisor ?? "no hypervisor";
    const how = host.translator ? translatedWords(host.translator) : "emulated";
    const emulated = host.emulated ? `, ${how}` : "";
    return `${host.name} (${host.arch}, ${model}, ${cpus}, ${under}${emulated})`;
  });
  return words.map((label, at) => {
    const place = words.slice(0, at).filter((one) => one === label).length;
    return place === 0 ? label : `${label} #${place + 1}`;
  });
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

function changeBetween(
  machine: number,
  before: readonly Run[],
  after: readonly Run[],
): KernelChange {
  const [from, to] = [before[0]!, after[0]!];
  const sameRelease = from.host.kernel === to.host.kernel;
  const name = (run: Run): string => sameRelease ? kernelOf(run) : run.host.kernel;
  return {
    machine,
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

/** @param from The first of the machine's own changes; the others are of machines before it. */
function stepsOf(
  measured: readonly Measured[],
  eras: readonly Run[][],
  changes: readonly KernelChange[],
  from: number,
): HistoryStep[] {
  const results = eras.map((era) => {
    const own = new Set(era);
    return measured.filter(({ run }) => own.has(run));
  });
  return changes.slice(from).flatMap(({ timeBarriers }, at) => {
    const [before, after] = [results[at]!, results[at + 1]!];
    if (before.length === 0 || after.length === 0) return [];
    const doubts = costDoubts(before, after);
    const comparison = compareCost(before, after, timeBarriers.length === 0, doubts);
    return [{ change: from + at, comparison }];
  });
}
