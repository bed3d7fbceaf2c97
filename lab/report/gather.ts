/** Reads the runs of a report. What cannot be read is named, and the report goes on without it. */

import { type Run, RunFormatError } from "../experiments/run/run_schema.ts";
import { readStoredRun } from "../store/read_run.ts";
import { isRunId } from "../format/run_id.ts";
import { RunStore } from "../store/run_store.ts";
import { StoreError, storeErrorOf } from "../store/store_error.ts";

/** A run that could not be read. */
export interface UnreadRun {
  /** Its directory. */
  readonly path: string;
  readonly kind: "damaged" | "newer";
  /** What is wrong with it and what to do about it. */
  readonly problem: string;
}

/**
 * The runs that are named, in their order; without a name those of the store, newest first.
 *
 * They come one by one, so that the content of hundreds need not be held at once.
 *
 * @throws {StoreError} If a name means no run or several, or the store cannot be read.
 */
export function* readRuns(
  store: string,
  references: readonly string[],
): Generator<Run | UnreadRun> {
  const seen = new Set<string>();
  const runs = references.length === 0 ? everyRun(store) : namedRuns(store, references);
  for (const run of runs) {
    if ("results" in run) {
      if (seen.has(run.id)) continue;
      seen.add(run.id);
    }
    yield run;
  }
}

function* namedRuns(store: string, references: readonly string[]): Generator<Run | UnreadRun> {
  const runs = new RunStore(store);
  for (const reference of references) {
    yield orUnread(reference, () => runs.load(reference).run);
  }
}

function* everyRun(store: string): Generator<Run | UnreadRun> {
  for (const name of namesIn(store)) {
    yield orUnread(`${store}/${name}`, () => readStoredRun(store, name));
  }
}

function orUnread(path: string, read: () => Run): Run | UnreadRun {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RunFormatError)) throw error;
    const newer = error.path === "schema" && error.problem.includes("newer");
    return { path, kind: newer ? "newer" : "damaged", problem: error.message };
  }
}

/** Directories that are runs or once were, newest first; other directories may lie beside them. */
function namesIn(store: string): string[] {
  try {
    const names: string[] = [];
    for (const { name, isDirectory } of Deno.readDirSync(store)) {
      if (!isDirectory || name.startsWith(".")) continue;
      if (isRunId(name) || holdsRun(`${store}/${name}`)) names.push(name);
    }
    return names.sort().reverse();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      const remedy = "make a run with `deno task lab`, or give another --store";
      throw new StoreError(`Cannot read the store '${store}': it does not exist`, remedy, cause);
    }
    throw storeErrorOf(`Cannot read the store '${store}'`, cause);
  }
}

function holdsRun(path: string): boolean {
  try {
    Deno.lstatSync(`${path}/run.json`);
    return true;
  } catch {
    return false;
  }
}
