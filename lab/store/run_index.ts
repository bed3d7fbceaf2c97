import { DatabaseSync } from "node:sqlite";
import { RunFormatError } from "../run_schema.ts";
import schema from "./index_schema.sql" with { type: "text" };
import listRuns from "./list_runs.sql" with { type: "text" };
import putRun from "./put_run.sql" with { type: "text" };
import { readStoredRun } from "./read_run.ts";
import { isRunId } from "./run_id.ts";
import { type IndexRecord, recordOfDamage, recordOfRun } from "./run_row.ts";

/** Raised whenever index_schema.sql or what is written into it changes. */
const VERSION = 1;

/** What a list is narrowed to; damaged runs pass no filter. */
export interface RunFilter {
  host?: string;
  arch?: string;
  /** An experiment that has results. */
  experiment?: string;
  /** A technique that has results. */
  technique?: string;
}

/** The SQLite index of a store: what the run directories say, kept for fast lists. */
export class RunIndex {
  readonly #store: string;
  readonly #database: DatabaseSync;

  /**
   * @param store The store's directory.
   * @param file The index file, or ":memory:".
   * @throws If the file cannot be opened or is damaged.
   */
  constructor(store: string, file: string) {
    this.#store = store;
    this.#database = new DatabaseSync(file);
    try {
      this.#database.exec("PRAGMA busy_timeout = 500");
      const version = this.#database.prepare("PRAGMA user_version").get()?.user_version;
      if (version !== VERSION) this.#create();
    } catch (cause) {
      this.#database.close();
      throw cause;
    }
  }

  /** Takes up what was added to, changed in and removed from the store since the last time. */
  refresh(): void {
    const known = new Map<string, string>();
    for (const record of this.#database.prepare("SELECT name, stamp FROM runs").all()) {
      known.set(String(record.name), String(record.stamp));
    }
    const changed: IndexRecord[] = [];
    for (const entry of Deno.readDirSync(this.#store)) {
      if (!entry.isDirectory || entry.name.startsWith(".")) continue;
      const { stamp, modified } = stampOf(`${this.#store}/${entry.name}/run.json`);
      // Other directories may lie in the store; one without run.json is a run only by its name.
      if (stamp === "missing" && !isRunId(entry.name)) continue;
      if (known.get(entry.name) !== stamp) changed.push(this.#record(entry.name, stamp, modified));
      known.delete(entry.name);
    }
    if (changed.length + known.size > 0) this.#apply(changed, known.keys());
  }

  /** The newest runs first; `limit` is their greatest number, negative for all. */
  select(filter: RunFilter, limit: number): IndexRecord[] {
    const { host = null, arch = null, experiment = null, technique = null } = filter;
    const values = { host, arch, experiment, technique, limit };
    return this.#database.prepare(listRuns).all(values) as IndexRecord[];
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #create(): void {
    this.#database.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${VERSION}; COMMIT`);
  }

  #record(name: string, stamp: string, modified: number): IndexRecord {
    try {
      return { name, stamp, ...recordOfRun(readStoredRun(this.#store, name)) };
    } catch (cause) {
      if (!(cause instanceof RunFormatError)) throw cause;
      return { name, stamp, ...recordOfDamage(name, modified, cause) };
    }
  }

  #apply(changed: IndexRecord[], vanished: Iterable<string>): void {
    this.#database.exec("BEGIN IMMEDIATE");
    const put = this.#database.prepare(putRun);
    for (const record of changed) put.run(record);
    const remove = this.#database.prepare("DELETE FROM runs WHERE name = ?");
    for (const name of vanished) remove.run(name);
    this.#database.exec("COMMIT");
  }
}

/** What tells a changed run.json from the one that was read; times in milliseconds since 1970. */
function stampOf(path: string): { stamp: string; modified: number } {
  try {
    const info = Deno.lstatSync(path);
    const modified = info.mtime?.getTime() ?? 0;
    const stamp = `${info.ino}:${info.size}:${modified}:${info.ctime?.getTime() ?? 0}`;
    return { stamp, modified };
  } catch (cause) {
    // An unreadable run is still listed; readStoredRun() says what is wrong with it.
    const missing = cause instanceof Deno.errors.NotFound;
    return { stamp: missing ? "missing" : "unreadable", modified: 0 };
  }
}
