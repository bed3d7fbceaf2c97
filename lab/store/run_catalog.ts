import { IndexFile, isDatabaseError, isLocked } from "./index_file.ts";
import type { RunIndex } from "./run_index.ts";
import type { FilterValues, RunFilter, RunQuery } from "./run_query.ts";
import { type ReadableRow, rowOfRecord, type RunRow } from "./run_row.ts";
import { storeErrorOf } from "./store_error.ts";

/** How long what is known of the store passes for its state, ms. */
const FRESH_MS = 1000;
/** From then on a question waits for the store to be looked at again, ms. */
const STALE_MS = 3000;
/** How long a question waits for that before: small stores are looked at in less, ms. */
const PATIENCE_MS = 20;
/**
 * How long the directories of runs pass for unchanged while none was added or removed, ms: their
 * files are written once.
 */
const UNTOUCHED_MS = 5000;
/** Clocks of file systems may tick this slowly: what changed in the same tick is not seen, ms. */
const TICK_MS = 50;
/** How long looking at the store goes on before others get their turn, ms. */
const SLICE_MS = 4;
/** Answers that are kept until something changes: counts for the most part. */
const ANSWERS = 500;

/** A part of a list. */
export interface RunPage {
  readonly rows: readonly RunRow[];
  /** Runs that pass the filter. */
  readonly total: number;
}

/** The newest runs of one host, as hostIdentity() tells hosts apart. */
export interface HostRows {
  readonly rows: readonly ReadableRow[];
}

/**
 * The index of a store, held open by a program that answers many questions, such as a server.
 *
 * The store is looked at again in small steps while others are answered, at most once a second;
 * what is not read row by row is kept until something in the store is other than before.
 */
export class RunCatalog implements Disposable {
  readonly #store: string;
  readonly #file: IndexFile;
  #index: RunIndex | null = null;
  readonly #answers = new Map<string, unknown>();
  #generation = 0;
  /** When the store was last looked at. */
  #lookedAt = -Infinity;
  #looking: Promise<void> | null = null;
  /** The store's own time of change when all of it was looked at; null: look at all again. */
  #seen: number | null = null;
  /** When that was. */
  #sawAll = -Infinity;
  /** Why the last look at the store failed; null: it did not. */
  #failure: Error | null = null;
  #closed = false;

  /** @param store The store's directory; it need not exist. */
  constructor(store: string) {
    this.#store = store;
    this.#file = new IndexFile(store);
  }

  /** Differs when something in the store did. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Sees to it that the catalog says what the store holds: waits if that is not known well enough.
   *
   * @throws {StoreError} If the store cannot be read; then all who ask are told, until it can be.
   */
  async update(): Promise<void> {
    const age = performance.now() - this.#lookedAt;
    if (age >= FRESH_MS) {
      this.#looking ??= this.#look().finally(() => this.#looking = null);
      // What is known is no answer where the last look failed
      if (age >= STALE_MS || this.#failure !== null) {
        await this.#looking;
      } else {
        const looking = this.#looking.catch(() => {});
        await Promise.race([looking, new Promise((wake) => setTimeout(wake, PATIENCE_MS))]);
      }
    }
    if (this.#failure !== null) throw this.#failure;
  }

  /** As {@linkcode update}, also for what changed within this second. */
  async updateNow(): Promise<void> {
    await this.#looking?.catch(() => {});
    this.#lookedAt = -Infinity;
    this.#seen = null;
    await this.update();
  }

  /** Runs of a query, and how many there are. The runs are read each time, and counted once. */
  page(query: RunQuery): RunPage {
    const rows = this.#use((index) => index.select(query));
    return {
      rows: rows.map((record) => rowOfRecord(this.#store, record)),
      total: this.count(query.filter),
    };
  }

  /** How many runs pass a filter. */
  count(filter: RunFilter = {}): number {
    return this.#answer("count", filter, (index) => index.count(filter));
  }

  /** What the runs can be narrowed to. */
  values(): FilterValues {
    return this.#answer("values", null, (index) => index.values());
  }

  /**
   * The newest runs of the newest hosts, and older ones that saw something fail.
   *
   * @param hosts Greatest number of hosts.
   * @param depth Greatest number of runs of each.
   */
  hosts(hosts: number, depth: number): readonly HostRows[] {
    return this.#answer("hosts", [hosts, depth], (index) => {
      const groups = Map.groupBy(
        index.newestOfHosts(hosts, depth),
        ({ identity }) => identity,
      );
      return [...groups.values()].map((records) => ({
        rows: records.map((record) => rowOfRecord(this.#store, record) as ReadableRow),
      }));
    });
  }

  /** Number of hosts, as hostIdentity() tells them apart. */
  countHosts(): number {
    return this.#answer("countHosts", null, (index) => index.countHosts());
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#index?.[Symbol.dispose]();
    this.#index = null;
  }

  #answer<T>(name: string, question: unknown, work: (index: RunIndex) => T): T {
    const key = `${name} ${JSON.stringify(question)}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known as T;
    const answer = this.#use(work);
    if (this.#answers.size >= ANSWERS) this.#answers.delete(this.#answers.keys().next().value!);
    this.#answers.set(key, answer);
    return answer;
  }

  /** Calls `work`, once more with a file that is opened anew: another program may have replaced it. */
  #use<T>(work: (index: RunIndex) => T): T {
    try {
      return work(this.#open());
    } catch (cause) {
      if (!isDatabaseError(cause) || isLocked(cause)) throw cause;
      this.#reopen(this.#file.open());
      return work(this.#open());
    }
  }

  #open(): RunIndex {
    this.#index ??= this.#file.open();
    return this.#index;
  }

  #reopen(index: RunIndex): void {
    this.#index?.[Symbol.dispose]();
    this.#index = index;
    this.#lookedAt = -Infinity;
    this.#seen = null;
  }

  async #look(): Promise<void> {
    const modified = modifiedAt(this.#store);
    const young = performance.now() - this.#sawAll < UNTOUCHED_MS;
    if (young && modified !== null && modified === this.#seen) {
      this.#lookedAt = performance.now();
      return;
    }
    this.#sawAll = performance.now();
    const settled = modified !== null && Date.now() - modified > TICK_MS;
    try {
      let changed: boolean;
      try {
        changed = await inSlices(this.#use((index) => index.refreshing()));
      } catch (cause) {
        if (this.#closed) return;
        if (!isDatabaseError(cause)) throw cause;
        // Another process writes: what is known is good for another second
        if (isLocked(cause)) return;
        // It cannot be written, or not any more
        this.#reopen(this.#file.inMemory());
        changed = await inSlices(this.#open().refreshing());
      }
      this.#failure = null;
      this.#seen = settled ? modified : null;
      if (changed || this.#generation === 0) {
        this.#generation++;
        this.#answers.clear();
      }
    } catch (cause) {
      if (this.#closed) return;
      this.#seen = null;
      this.#failure = storeErrorOf(`Cannot list the runs in '${this.#store}'`, cause);
      throw this.#failure;
    } finally {
      this.#lookedAt = performance.now();
    }
  }
}

/** When something was added to a directory or removed, milliseconds since 1970; null: unknown. */
function modifiedAt(path: string): number | null {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? null;
  } catch {
    return null;
  }
}

/** Takes steps to their end, with turns for others in between. */
async function inSlices<T>(steps: Iterator<void, T>): Promise<T> {
  for (;;) {
    const end = performance.now() + SLICE_MS;
    while (performance.now() < end) {
      const step = steps.next();
      if (step.done) return step.value;
    }
    await new Promise((wake) => setTimeout(wake, 0));
  }
}
