import { type Run, RunFormatError } from "../experiments/run/run_schema.ts";
import { nearest } from "../text/nearest.ts";
import type { ReadableRow } from "../store/run_row.ts";
import type { RunStore } from "../store/run_store.ts";
import { StoreError } from "../store/store_error.ts";
import { isSet, meets, parseSet, type SetKey } from "./run_set.ts";

/** Runs that were asked for, and what could not be read. */
export interface Selection {
  /** In the order asked for, each once; a set's from the oldest on. */
  runs: Run[];
  /** What is wrong with each run that was left out, and what to do. */
  problems: string[];
}

/**
 * Finds runs by ids, beginnings of ids, "latest", paths, and sets. A set holds the runs of a store
 * on a host, an architecture, or kernels whose release begins so.
 *
 * A run that cannot be read is named and left out, whether it was asked for by name or may belong to
 * a set.
 *
 * @throws {StoreError} If a reference means no run or several, or if none of all could be read.
 */
export function selectRuns(store: RunStore, references: readonly string[]): Selection {
  const runs = new Map<string, Run>();
  const problems = new Set<string>();
  for (const reference of references) {
    const names = isSet(reference) ? namesOfSet(store, reference, problems) : [reference];
    for (const name of names) {
      const run = readOrNote(store, name, problems);
      if (run !== null) runs.set(run.id, run);
    }
  }
  if (runs.size === 0) throw noneReadable(references, [...problems]);
  return { runs: [...runs.values()], problems: [...problems] };
}

function readOrNote(store: RunStore, reference: string, problems: Set<string>): Run | null {
  try {
    return store.load(reference).run;
  } catch (error) {
    if (!(error instanceof RunFormatError)) throw error;
    problems.add(error.message);
    return null;
  }
}

function noneReadable(references: readonly string[], problems: readonly string[]): StoreError {
  const asked = references.join(" ");
  return new StoreError(
    `Cannot compare '${asked}': none of its runs can be read (${problems.join("; ")})`,
    "name other runs; `deno task lab show` lists them",
  );
}

/** The ids of a set's runs, oldest first. */
function namesOfSet(store: RunStore, reference: string, problems: Set<string>): string[] {
  const wanted = parseSet(reference);
  const rows = store.list();
  for (const row of rows) if (row.state === "damaged") problems.add(row.error);
  const readable = rows.filter((row) => row.state === "ok");
  const found = readable.filter((row) => wanted.every(([key, value]) => meets(row, key, value)));
  if (found.length === 0) throw emptySet(store, reference, wanted, readable);
  return found.map((row) => row.id).reverse();
}

/** Says which condition no run meets, and what there is instead. */
function emptySet(
  store: RunStore,
  reference: string,
  wanted: readonly [SetKey, string][],
  rows: readonly ReadableRow[],
): StoreError {
  const problem = `Cannot find runs '${reference}' in '${store.dir}'`;
  const unmet = wanted.find(([key, value]) => !rows.some((row) => meets(row, key, value)));
  if (unmet === undefined) {
    return new StoreError(`${problem}: no run meets all conditions`, "leave one out");
  }
  const [key, value] = unmet;
  const there = nearest(value, [...new Set(rows.map((row) => row[key]))], 3);
  const remedy = there.length === 0
    ? "make a run with `deno task lab run`, or give another --out"
    : `nearest: ${there.map((one) => `${key}=${one}`).join(", ")}`;
  return new StoreError(`${problem}: no run has ${key} '${value}'`, remedy);
}
