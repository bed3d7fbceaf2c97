import type { Run } from "../experiments/run/run_schema.ts";
import { findRun, isDirectory, noRunIn } from "./find_run.ts";
import { IndexFile } from "./index_file.ts";
import { readRun, readStoredRun } from "./read_run.ts";
import type { RunQuery } from "./run_query.ts";
import { rowOfRecord, type RunRow } from "./run_row.ts";
import { StoreError, storeErrorOf } from "./store_error.ts";
import { namedFiles, type RunFiles, writeRun } from "./write_run.ts";

/** A run and the directory it lies in. */
export interface StoredRun {
  run: Run;
  /** The run directory, where the traces are. */
  path: string;
}

/**
 * The runs below one directory, each in a directory of its own.
 *
 * The directories alone are the truth: copy one in and it is listed, remove it and it is gone. Beside
 * them lies an index, `.index.sqlite`, that may be deleted at any time.
 */
export class RunStore {
  /** The store's directory, without a slash at its end. */
  readonly dir: string;
  readonly #index: IndexFile;

  /** @param dir The store's directory; the first save makes it. */
  constructor(dir: string) {
    this.dir = dir.replace(/(?<=.)\/+$/, "");
    this.#index = new IndexFile(this.dir);
  }

  /**
   * Writes a run completely or not at all.
   *
   * @param files The traces that the run's results name: bytes, or a path to copy.
   * @returns The path of the new run directory.
   * @throws {StoreError} If the run does not fit the schema, cannot be written, or exists.
   */
  save(run: Run, files: RunFiles = new Map()): Promise<string> {
    return writeRun(this.dir, run, files);
  }

  /**
   * Reads a run.
   *
   * @param reference An id, the beginning of one, "latest", or the path of a run directory. It may
   * therefore lead out of the store: do not pass on what a web client sent.
   * @throws {StoreError} If it names no run, or several.
   * @throws {RunFormatError} If its run.json cannot be used.
   */
  load(reference: string): StoredRun {
    if (reference.includes("/")) return loadPath(reference);
    const name = reference === "latest" ? this.#latest() : findRun(this.dir, reference);
    if (name === null) return loadPath(reference);
    return { run: readStoredRun(this.dir, name), path: `${this.dir}/${name}` };
  }

  /**
   * Lists runs, newest first unless the query says otherwise. Damaged ones are listed as such, but
   * pass no filter but that of time.
   *
   * @throws {StoreError} If the directory cannot be read.
   */
  list(query: RunQuery = {}): RunRow[] {
    if (!exists(this.dir)) return [];
    try {
      const records = this.#index.use((index) => {
        index.refresh();
        return index.select(query);
      });
      return records.map((record) => rowOfRecord(this.dir, record));
    } catch (cause) {
      throw storeErrorOf(`Cannot list the runs in '${this.dir}'`, cause);
    }
  }

  /**
   * Makes the index anew from the run directories.
   *
   * @throws {StoreError} If the directory cannot be read.
   */
  rebuild(): void {
    this.#index.forget();
    this.list({ limit: 0 });
  }

  /**
   * Says which files of a run directory its run.json does not name, and which are missing.
   *
   * @param reference As for {@linkcode RunStore.load}.
   * @throws {StoreError} If it names no run, or several.
   * @throws {RunFormatError} If its run.json cannot be used.
   */
  verify(reference: string): RunDirProblem[] {
    const { run, path } = this.load(reference);
    return verifyRunDir(path, run);
  }

  #latest(): string {
    const [newest] = this.list({ limit: 1 });
    if (newest === undefined) throw noRunIn(this.dir, "latest");
    return newest.id;
  }
}

function loadPath(path: string): StoredRun {
  const dir = path.replace(/(?<=.)\/+$/, "");
  if (!isDirectory(dir)) {
    const problem = `Cannot find run '${path}': there is no such directory`;
    throw new StoreError(problem, "give a run's id or the path of its directory");
  }
  return { run: readRun(dir), path: dir };
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return false;
    throw storeErrorOf(`Cannot look at '${path}'`, cause);
  }
}

/** Something in a run directory that does not belong there, or does not lie there. */
export interface RunDirProblem {
  /** The name in the run directory. */
  file: string;
  kind: "unexpected" | "missing" | "not-a-file";
  /** The problem in a sentence. */
  message: string;
}

/**
 * Compares a run directory with what its run.json names.
 *
 * @returns The differences, sorted by name; empty when directory and run agree.
 * @throws If the directory cannot be read.
 */
export function verifyRunDir(dir: string, run: Run): RunDirProblem[] {
  const awaited = new Set(namedFiles(run));
  const problems: RunDirProblem[] = [];
  for (const entry of Deno.readDirSync(dir)) {
    const named = awaited.delete(entry.name) || entry.name === "run.json";
    if (!named) {
      const message = `'${entry.name}' is named by no result of run.json`;
      problems.push({ file: entry.name, kind: "unexpected", message });
    } else if (!entry.isFile) {
      const message = `'${entry.name}' is not a regular file`;
      problems.push({ file: entry.name, kind: "not-a-file", message });
    }
  }
  for (const file of awaited) {
    const message = `'${file}' is named by run.json and is missing`;
    problems.push({ file, kind: "missing", message });
  }
  return problems.sort((left, right) => left.file < right.file ? -1 : 1);
}
