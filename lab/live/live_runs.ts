/** Follows the runs in progress of a store, as their feeds tell of them. */

import type { Result } from "../experiments/run/run_schema.ts";
import { DirectoryLock } from "../places/directory_lock.ts";
import { storeErrorOf } from "../store/store_error.ts";
import {
  EVENTS_FILE,
  liveEventSchema,
  type LiveNow,
  liveNowSchema,
  NOW_FILE,
} from "./live_schema.ts";

/** A run in progress. */
export interface LiveRun {
  /** Its name among the runs in progress. */
  readonly id: string;
  readonly host: string;
  readonly command: string;
  /** UTC. */
  readonly startedAt: string;
  readonly now: LiveNow | null;
  /** In the order in which they came. */
  readonly results: readonly Result[];
  /** How it ended; null: it goes on. */
  readonly end: { readonly run: string | null; readonly problem: string | null } | null;
}

const NAME = /^\.live-(\d+(-[A-Za-z0-9.-]+)?)$/;

/** More than a full plan has, so that no file makes the reader's memory grow without end. */
const MAX_BYTES = 64 * 2 ** 20;

/** Follows the runs in progress of one store. */
export class LiveRuns implements Disposable {
  readonly #store: string;
  readonly #followed = new Map<string, Follower>();

  /** @param store The store's directory; it need not exist yet. */
  constructor(store: string) {
    this.#store = store;
  }

  /**
   * Looks what is new.
   *
   * @returns The runs in progress, and once more those that have ended since the last look.
   * @throws {StoreError} If the store cannot be read.
   */
  async look(): Promise<LiveRun[]> {
    const there = await this.#names();
    for (const id of there) {
      if (this.#followed.has(id)) continue;
      const follower = await Follower.open(id, `${this.#store}/.live-${id}`);
      if (follower !== null) this.#followed.set(id, follower);
    }
    const runs: LiveRun[] = [];
    for (const [id, follower] of this.#followed) {
      const alive = there.has(id) && await follower.alive();
      const run = follower.read(alive);
      if (run !== null) runs.push(run);
      if (alive) continue;
      follower[Symbol.dispose]();
      this.#followed.delete(id);
    }
    return runs;
  }

  [Symbol.dispose](): void {
    for (const follower of this.#followed.values()) follower[Symbol.dispose]();
    this.#followed.clear();
  }

  async #names(): Promise<Set<string>> {
    const names = new Set<string>();
    try {
      for await (const { name, isDirectory } of Deno.readDir(this.#store)) {
        const id = NAME.exec(name)?.[1];
        if (isDirectory && id !== undefined) names.add(id);
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return names;
      throw storeErrorOf(`Cannot look for runs in progress in '${this.#store}'`, error);
    }
    return names;
  }
}

/** Follows one run; its file stays open, so that the last lines are read after it was removed. */
class Follower implements Disposable {
  readonly #id: string;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #decoder = new TextDecoder();
  #bytes = 0;
  #rest = "";
  #run: LiveRun | null = null;
  /** By their places in the run. */
  readonly #results = new Map<number, Result>();

  private constructor(id: string, path: string, file: Deno.FsFile) {
    this.#id = id;
    this.#path = path;
    this.#file = file;
  }

  /** @returns null where nobody writes any more: it was left behind by a process that was killed. */
  static async open(id: string, path: string): Promise<Follower | null> {
    try {
      if (!await isHeld(path)) return null;
      return new Follower(id, path, Deno.openSync(`${path}/${EVENTS_FILE}`));
    } catch {
      return null; // it ended meanwhile, or has only begun: the next look will tell
    }
  }

  async alive(): Promise<boolean> {
    try {
      return await isHeld(this.#path);
    } catch {
      return false;
    }
  }

  /** @param alive Whether its writer lives; if not, and it has told no end, it was killed. */
  read(alive: boolean): LiveRun | null {
    for (const line of this.#lines()) this.#take(line);
    if (this.#run === null) return null;
    const now = alive ? this.#now() : null;
    if (now !== null) this.#run = { ...this.#run, now };
    if (!alive && this.#run.end === null) {
      this.#run = { ...this.#run, end: { run: null, problem: "its process was killed" } };
    }
    return this.#run;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  *#lines(): Generator<string> {
    const chunk = new Uint8Array(65_536);
    for (let size = this.#next(chunk); size > 0; size = this.#next(chunk)) {
      this.#bytes += size;
      const text = this.#rest + this.#decoder.decode(chunk.subarray(0, size), { stream: true });
      const lines = text.split("\n");
      this.#rest = lines.pop()!;
      yield* lines;
    }
  }

  #next(chunk: Uint8Array): number {
    return this.#bytes > MAX_BYTES ? 0 : this.#file.readSync(chunk) ?? 0;
  }

  /** A line of another version, or one that is damaged, is left out. */
  #take(line: string): void {
    const { data: event } = liveEventSchema.safeParse(parsed(line));
    if (event?.kind === "begin") {
      const { host, command, startedAt } = event;
      this.#run = {
        id: this.#id,
        host,
        command,
        startedAt,
        now: null,
        results: [],
        end: null,
      };
    }
    if (this.#run === null || event === undefined) return;
    if (event.kind === "result") {
      // The place of a damaged line stays empty
      this.#results.set(event.at, event.result);
      this.#run = { ...this.#run, results: [...this.#results.values()] };
    } else if (event.kind === "end") {
      this.#run = { ...this.#run, end: { run: event.run, problem: event.problem } };
    }
  }

  #now(): LiveNow | null {
    try {
      const text = Deno.readTextFileSync(`${this.#path}/${NOW_FILE}`);
      return liveNowSchema.safeParse(parsed(text)).data ?? null;
    } catch {
      return null; // not written yet, or removed
    }
  }
}

/** Whether the writer lives: it holds the lock of its directory. */
async function isHeld(path: string): Promise<boolean> {
  using free = await DirectoryLock.attempt(path);
  return free === null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
