/** The indexes of a store's traces: read, or made where there are none. */

import { kindOf } from "../../lab/experiments/experiments.ts";
import { TraceIndexError } from "../../traces/index/errors.ts";
import { decodeIndex, encodeIndex } from "../../traces/index/index_file.ts";
import { indexFromSql } from "../../traces/index/from_sql.ts";
import { TraceIndex } from "../../traces/index/trace_index.ts";
import type { Engines } from "../engine/engines.ts";
import { Problem } from "../base/problem.ts";
import { IndexCache, type OpenIndex } from "./index_cache.ts";
import type { TraceRef } from "../base/trace_ref.ts";

/** Directory of the store that holds indexes which the server made. */
export const INDEXES = ".indexes";

/** Longest index that is read, bytes: of some fifty million events. */
const MAX_FILE = 1 << 30;
/** How long one table may take, ms. */
const TABLE_LIMIT_MS = 300_000;
/** Share of the work that loading the trace is. */
const LOADING = 0.7;

/** A trace's index, or how far it is made. */
export type IndexState =
  | { readonly state: "ready"; readonly open: OpenIndex }
  | { readonly state: "building"; readonly progress: number };

/** An index in the making. */
interface Building {
  progress: number;
  /** Why it could not be made; told once. */
  failure: unknown;
}

/** Reads indexes and makes missing ones, each once at a time. */
export class IndexFiles {
  readonly #cache = new IndexCache();
  readonly #building = new Map<string, Building>();

  /**
   * @param store Its directory.
   * @param signal Ends what is being made.
   */
  constructor(
    private readonly store: string,
    private readonly engines: Pick<Engines, "use" | "state">,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * A trace's index. Where there is none it begins to be made; ask again.
   *
   * @throws {Problem} If it is damaged or cannot be made.
   */
  async find(trace: TraceRef): Promise<IndexState> {
    const building = this.#building.get(trace.key);
    if (building !== undefined) return this.#progress(trace, building);
    for (const path of [runIndexOf(this.store, trace), this.#madePath(trace)]) {
      const version = path === null ? null : versionOf(path);
      if (path === null || version === null) continue;
      const made = path === this.#madePath(trace);
      try {
        const open = await this.#cache.get(path, version, () => readIndex(path));
        return { state: "ready", open };
      } catch (error) {
        if (!(error instanceof TraceIndexError)) throw error;
        if (!made) throw unusable(path, error);
        await Deno.remove(path);
      }
    }
    return this.#build(trace);
  }

  #madePath({ key }: TraceRef): string {
    return `${this.store}/${INDEXES}/${key}.pfindex`;
  }

  #progress(trace: TraceRef, building: Building): IndexState {
    if (building.failure !== undefined) {
      this.#building.delete(trace.key);
      throw building.failure;
    }
    const { loadedBytes, totalBytes } = this.engines.state(trace);
    const loaded = building.progress > 0 ? 1 : totalBytes === 0 ? 0 : loadedBytes / totalBytes;
    const progress = loaded * LOADING + building.progress * (1 - LOADING);
    return { state: "building", progress: Math.round(progress * 100) / 100 };
  }

  #build(trace: TraceRef): IndexState {
    const building: Building = { progress: 0, failure: undefined };
    this.#building.set(trace.key, building);
    this.#make(trace, building).then(
      () => this.#building.delete(trace.key),
      (error) => building.failure = problemOf(trace, error),
    );
    return { state: "building", progress: 0 };
  }

  async #make(trace: TraceRef, building: Building): Promise<void> {
    const options = { signal: this.signal, limitMs: TABLE_LIMIT_MS };
    const built = await indexFromSql(
      (work) => this.engines.use(trace, work, options),
      (fraction) => building.progress = fraction,
    );
    const path = this.#madePath(trace);
    await Deno.mkdir(`${this.store}/${INDEXES}`, { recursive: true });
    const temporary = `${path}.${Deno.pid}.tmp`;
    try {
      await Deno.writeFile(temporary, encodeIndex(built));
      await Deno.rename(temporary, path);
    } catch (cause) {
      await Deno.remove(temporary).catch(() => {}); // it may not have been made
      throw cause;
    }
  }
}

/** The index that the trace's run names; null if it names none. */
function runIndexOf(store: string, { run, path }: TraceRef): string | null {
  const file = path.slice(path.lastIndexOf("/") + 1);
  if (run === null) return null;
  for (const { trace, index } of run.results.flatMap((result) => kindOf(result).traces(result))) {
    if (trace === file && index !== null) return `${store}/${run.id}/${index}`;
  }
  return null;
}

/** Changes with a file's content; null if it is no regular file. */
function versionOf(path: string): string | null {
  try {
    const { isFile, size, mtime, ino } = Deno.lstatSync(path);
    return isFile ? [size, mtime?.getTime() ?? 0, ino ?? 0].join("-") : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function readIndex(path: string): Promise<TraceIndex> {
  const { size } = await Deno.lstat(path);
  if (size > MAX_FILE) {
    throw new TraceIndexError(
      `Cannot read a trace index: it has ${size} bytes, at most ${MAX_FILE} are read`,
    );
  }
  return new TraceIndex(decodeIndex(await Deno.readFile(path)));
}

function unusable(path: string, error: TraceIndexError): Problem {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return new Problem(
    422,
    `${error.message} ('${name}')`,
    "convert the capture again, or remove the file: then it is made from the trace",
    error,
  );
}

function problemOf(trace: TraceRef, error: unknown): unknown {
  if (error instanceof Problem) {
    const problem = `Cannot make the index of ${trace.title}: ${error.message}`;
    return new Problem(error.status, problem, error.remedy, error);
  }
  const said = error instanceof Error ? error.message : String(error);
  return new Problem(
    422,
    `Cannot make the index of ${trace.title}: ${said}`,
    "see whether the trace can be queried and the store be written",
    error,
  );
}
