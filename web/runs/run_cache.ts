import type { Run } from "../../lab/experiments/run/run_schema.ts";
import { readStoredRun } from "../../lab/store/read_run.ts";
import { isRunId } from "../../lab/format/run_id.ts";
import { stampOf } from "../../lab/store/run_stamp.ts";
import { Problem } from "../base/problem.ts";

/** Bytes of run.json whose runs are kept; as objects they take a few times as much. */
const BYTES = 32 * 2 ** 20;

interface Kept {
  readonly stamp: string;
  readonly size: number;
  readonly run: Run;
}

/** Runs of a store, kept while their files stay as they are; the least recently used go first. */
export class RunCache {
  readonly #store: string;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** @param store The store's directory. */
  constructor(store: string) {
    this.#store = store;
  }

  /**
   * Reads a run. Nobody may change what is returned.
   *
   * @param id What a client sent: anything else than a run's id means none.
   * @throws {Problem} If there is no such run.
   * @throws {RunFormatError} If its run.json cannot be used.
   */
  read(id: string): Run {
    if (!isRunId(id)) throw absent(id);
    const { stamp, size } = stampOf(`${this.#store}/${id}`);
    const known = this.#kept.get(id);
    this.#forget(id);
    if (known?.stamp === stamp) return this.#keep(id, known);
    if (stamp === "missing" && !isDirectory(`${this.#store}/${id}`)) throw absent(id);
    return this.#keep(id, { stamp, size, run: readStoredRun(this.#store, id) });
  }

  /** Whether reading the run costs next to nothing. */
  holds(id: string): boolean {
    return this.#kept.has(id);
  }

  #keep(id: string, kept: Kept): Run {
    this.#kept.set(id, kept);
    this.#bytes += kept.size;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= BYTES || oldest === id) break;
      this.#forget(oldest);
    }
    return kept.run;
  }

  #forget(id: string): void {
    this.#bytes -= this.#kept.get(id)?.size ?? 0;
    this.#kept.delete(id);
  }
}

function absent(id: string): Problem {
  return new Problem(404, `There is no run '${id}'`, "choose one from the list of runs");
}

function isDirectory(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch {
    return false;
  }
}
