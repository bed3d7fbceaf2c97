/** Which run each result of a host comes from, and whether that run is to be believed. */

import type { Result, Run, Warning } from "./run_schema.ts";

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
