import { DatabaseSync, type StatementSync } from "node:sqlite";
import { RunFormatError } from "../experiments/run/run_schema.ts";
import chosenRuns from "./chosen_runs.sql" with { type: "text" };
import countChosen from "./count_chosen.sql" with { type: "text" };
import countHosts from "./count_hosts.sql" with { type: "text" };
import filterValues from "./filter_values.sql" with { type: "text" };
import schema from "./index_schema.sql" with { type: "text" };
import listNewest from "./list_newest.sql" with { type: "text" };
import listSorted from "./list_sorted.sql" with { type: "text" };
import newestOfHosts from "./newest_of_hosts.sql" with { type: "text" };
import putRun from "./put_run.sql" with { type: "text" };
import { readStoredRun } from "./read_run.ts";
import { isRunId } from "../format/run_id.ts";
import type { FilterValues, RunFilter, RunQuery } from "./run_query.ts";
import { type IndexRecord, recordOfDamage, recordOfRun } from "./run_row.ts";
import { type RunStamp, stampOf } from "./run_stamp.ts";

/** Raised whenever index_schema.sql or what is written into it changes. */
const VERSION = 4;

/** How much of the file may be kept in memory, KiB; that of 10 000 runs has 20 MiB. */
const CACHE_KIB = 32 * 1024;

/** Runs that are written in one transaction; more would hold up who goes on between steps. */
const BATCH = 100;

/** The SQLite index of a store: what the run directories say, kept for fast lists. */
export class RunIndex {
  readonly #store: string;
  readonly #database: DatabaseSync;
  /** Those that were used before, ready to be used again. */
  readonly #statements = new Map<string, StatementSync>();

  /**
   * @param store The store's directory.
   * @param file The index file, or ":memory:".
   * @throws If the file cannot be opened or is damaged.
   */
  constructor(store: string, file: string) {
    this.#store = store;
    this.#database = new DatabaseSync(file);
    try {
      this.#database.exec(`PRAGMA busy_timeout = 500; PRAGMA cache_size = -${CACHE_KIB}`);
      const version = this.#database.prepare("PRAGMA user_version").get()?.user_version;
      if (version !== VERSION) this.#create();
    } catch (cause) {
      this.#database.close();
      throw cause;
    }
  }

  /** Takes up what was added to, changed in and removed from the store since the last time. */
  refresh(): void {
    for (const _ of this.refreshing()) { /* to the end */ }
  }

  /**
   * As {@linkcode RunIndex.refresh}, in steps of one directory each, so that a server can answer
   * between them.
   *
   * @returns Whether anything was other than before.
   */
  *refreshing(): Generator<void, boolean> {
    const known = new Map<string, string>();
    for (const record of this.#prepare("SELECT name, stamp FROM runs").all()) {
      known.set(String(record.name), String(record.stamp));
    }
    let changes = 0;
    let changed: IndexRecord[] = [];
    for (const entry of entriesOf(this.#store)) {
      if (!entry.isDirectory || entry.name.startsWith(".")) continue;
      const stamp = stampOf(`${this.#store}/${entry.name}`);
      // Other directories may lie in the store; one without run.json is a run only by its name.
      if (stamp.stamp === "missing" && !isRunId(entry.name)) continue;
      if (known.get(entry.name) !== stamp.stamp) changed.push(this.#record(entry.name, stamp));
      known.delete(entry.name);
      if (changed.length >= BATCH) {
        changes += changed.length;
        this.#apply(changed, []);
        changed = [];
      }
      yield;
    }
    changes += changed.length + known.size;
    if (changed.length + known.size > 0) this.#apply(changed, known.keys());
    return changes > 0;
  }

  /** The runs of a query; the newest first unless it says otherwise. */
  select(
    { filter = {}, sort, ascending = false, limit = -1, offset = 0 }: RunQuery,
  ): IndexRecord[] {
    const newest = !ascending && (sort ?? "started") === "started";
    const values = { ...valuesOf(filter), limit, offset };
    if (newest) return this.#all(chosenRuns + listNewest, values);
    const order = { sort: sort ?? "started", ascending: Number(ascending) };
    return this.#all(chosenRuns + listSorted, { ...values, ...order });
  }

  /** How many runs pass a filter. */
  count(filter: RunFilter): number {
    return Number(this.#all(chosenRuns + countChosen, valuesOf(filter))[0]!.total);
  }

  /** What the runs can be narrowed to. */
  values(): FilterValues {
    const values: FilterValues = { host: [], arch: [], kernel: [], experiment: [], technique: [] };
    for (const { kind, value, runs } of this.#all(filterValues, {})) {
      values[kind as keyof FilterValues].push({ value: String(value), runs: Number(runs) });
    }
    return values;
  }

  /**
   * The newest runs of each host, and older ones that saw something fail, host by host.
   *
   * @param hosts Greatest number of hosts.
   * @param depth Greatest number of runs of each.
   */
  newestOfHosts(hosts: number, depth: number): IndexRecord[] {
    return this.#all(newestOfHosts, { hosts, depth });
  }

  /** Number of hosts, as hostIdentity() tells them apart. */
  countHosts(): number {
    return Number(this.#all(countHosts, {})[0]!.hosts);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #all(sql: string, values: Record<string, string | number | null>): IndexRecord[] {
    return this.#prepare(sql).all(values) as IndexRecord[];
  }

  #create(): void {
    this.#database.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${VERSION}; COMMIT`);
  }

  #record(name: string, { stamp, modified }: RunStamp): IndexRecord {
    try {
      return { name, stamp, ...recordOfRun(readStoredRun(this.#store, name)) };
    } catch (cause) {
      if (!(cause instanceof RunFormatError)) throw cause;
      return { name, stamp, ...recordOfDamage(name, modified, cause) };
    }
  }

  #apply(changed: readonly IndexRecord[], vanished: Iterable<string>): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const remove = this.#prepare("DELETE FROM runs WHERE name = ?");
      for (const name of vanished) remove.run(name);
      const put = this.#prepare(putRun);
      for (const record of changed) {
        remove.run(record.name!);
        put.run(record);
      }
      this.#database.exec("COMMIT");
    } catch (cause) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw cause;
    }
  }
}

/** The parts of a filter as SQL takes them. */
function valuesOf(filter: RunFilter): Record<string, string | number | null> {
  const { host, arch, kernel, experiment, technique, machine, from, before } = filter;
  const values = { host, arch, kernel, experiment, technique, machine, from, before };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value ?? null]));
}

/** What lies in a store; nothing if it does not exist. */
function entriesOf(store: string): Iterable<Deno.DirEntry> {
  try {
    return Deno.readDirSync(store);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    throw cause;
  }
}
