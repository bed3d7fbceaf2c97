/**
 * What runs of one host say together: the newest result of every measurement, but no proof is lost.
 *
 * That a technique was seen not to order stays true when a later run did not see it.
 */

import type { Result, Run, Warning } from "./run_schema.ts";
import { subjectOf } from "./subject.ts";

/** Where a result comes from. */
export interface Source {
  readonly run: Run["id"];
  /** Warnings of that run for which its verdicts cannot be believed. */
  readonly doubts: readonly Warning[];
}

/** Results of several runs of one host as one run. */
export interface HostRun extends Run {
  readonly sources: ReadonlyMap<Result, Source>;
}

/** Warnings that invalidate times alone. */
const ABOUT_TIMES: readonly string[] = ["W029", "W038"];

/** Warnings of a run for which what it did not see says nothing: a blind test, a broken control. */
export function doubtsOf({ warnings }: Run): Warning[] {
  return warnings.filter(({ code, invalidates }) => invalidates && !ABOUT_TIMES.includes(code));
}

/** The run that a result comes from. */
export function sourceOf(run: Run | HostRun, result: Result): Source {
  // A run.json may hold any further key, also one of this name
  const known = "sources" in run && run.sources instanceof Map
    ? run.sources.get(result) as Source | undefined
    : undefined;
  return known ?? { run: run.id, doubts: doubtsOf(run) };
}

/** All sources of a run, each once. */
export function sourcesOf(run: Run | HostRun): Source[] {
  const all = new Map<string, Source>([[run.id, { run: run.id, doubts: doubtsOf(run) }]]);
  for (const result of run.results) {
    const source = sourceOf(run, result);
    all.set(source.run, source);
  }
  return [...all.values()];
}

/** The results of some runs of one host, newest run first, each with its run. */
export function mergeResults(runs: readonly Run[]): Map<Result, Run> {
  const winners = new Map<string, { run: Run; rank: number }>();
  for (const run of runs) {
    const doubtful = doubtsOf(run).length > 0;
    for (const result of run.results) {
      for (const key of keysOf(result)) {
        const rank = rankOf(result, doubtful);
        const known = winners.get(key);
        if (known === undefined || rank > known.rank) winners.set(key, { run, rank });
      }
    }
  }
  const merged = new Map<Result, Run>();
  for (const run of runs) {
    for (const result of run.results) {
      // Within one run nothing hides anything: two results of one key are two measurements
      const keys = keysOf(result);
      const own = keys.filter((key) => winners.get(key)!.run === run);
      if (own.length > 0) merged.set(restrict(result, keys, own), run);
    }
  }
  return merged;
}

/** Subjects of a run's results that prove a failure, each once: no newer result makes them untrue. */
export function failedSubjects(run: Run): string[] {
  const proofs = run.results.filter((result) => rankOf(result, false) === PROOF);
  return [...new Set(proofs.map(subjectOf))];
}

/** What a result is about; a capture is about each of its techniques. */
function keysOf(result: Result): string[] {
  if (result.experiment !== "capture" || result.techniques.length === 0) return [subjectOf(result)];
  return result.techniques.map(({ technique }) => JSON.stringify(["capture", technique]));
}

/** Of a capture only those techniques that no newer run has. */
function restrict(result: Result, keys: readonly string[], own: readonly string[]): Result {
  if (result.experiment !== "capture" || own.length === keys.length) return result;
  const techniques = result.techniques.filter((_, at) => own.includes(keys[at]!));
  return { ...result, techniques };
}

/** The rank of a failure that was seen. */
const PROOF = 3;

/** Of two results of one subject the higher rank counts, and of equals the newer. */
function rankOf(result: Result, doubtful: boolean): number {
  switch (result.experiment) {
    case "ordering":
      return rankOfVerdict(result.verdict, result.expected === "not-ordered", doubtful);
    case "core-sync":
      return rankOfVerdict(result.verdict, result.order === "publish-first", doubtful);
    case "rcu":
      return !result.mutant && result.stale > 0 ? PROOF : 0;
    case "shapes": {
      const broken = result.shapes.some(({ barrier, weak }) => barrier === "fence" && weak > 0);
      return broken ? PROOF : 0;
    }
    default:
      return 0;
  }
}

/**
 * @param test It is wrong on purpose, so that its verdict is about the test: that an older run was
 * not blind says nothing about the newest one.
 */
function rankOfVerdict(verdict: string, test: boolean, doubtful: boolean): number {
  if (test) return verdict === "ordered" || verdict === "not-ordered" ? 1 : 0;
  if (verdict === "not-ordered") return PROOF;
  return verdict === "ordered" && !doubtful ? 2 : 0;
}
