/** What a store knows about each host: the newest result of every measurement. */

import type { Run } from "../run_schema.ts";
import { subjectOf } from "../schema/subject.ts";
import type { RunStore } from "./run_store.ts";

/** Hosts of a store, and runs that could not be used. */
export interface HostRuns {
  /**
   * One run for each host and kernel, newest first: the newest run, with results of measurements
   * that it lacks from older runs of the same host and kernel.
   */
  readonly runs: readonly Run[];
  /** Damaged runs, each with what is wrong. */
  readonly problems: readonly string[];
}

/** How many runs of one host are looked at for what newer ones lack. */
const DEPTH = 20;

/** Reads the runs that references name; without any, what is known about each host. */
export function hostRunsOf(store: RunStore, references: readonly string[]): HostRuns {
  if (references.length > 0) {
    return { runs: references.map((reference) => store.load(reference).run), problems: [] };
  }
  const hosts = new Map<string, { run: Run; depth: number }>();
  const problems: string[] = [];
  for (const row of store.list()) {
    if (row.state === "damaged") {
      problems.push(row.error);
      continue;
    }
    const key = `${row.host}\0${row.kernel}`;
    const known = hosts.get(key);
    if (known === undefined) hosts.set(key, { run: store.load(row.id).run, depth: 1 });
    else if (known.depth++ < DEPTH) known.run = withResultsOf(known.run, store.load(row.id).run);
  }
  return { runs: [...hosts.values()].map(({ run }) => run), problems };
}

function withResultsOf(newer: Run, older: Run): Run {
  const covered = new Set(newer.results.map(subjectOf));
  const added = older.results.filter((result) => !covered.has(subjectOf(result)));
  return added.length === 0 ? newer : { ...newer, results: [...newer.results, ...added] };
}
