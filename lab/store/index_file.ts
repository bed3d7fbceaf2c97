import { RunIndex } from "./run_index.ts";

const SIDE_FILES = ["", "-journal", "-wal", "-shm"];

/**
 * Finds a working index for a store: its index file, a new one if that is damaged, one in memory if
 * none can be written.
 */
export class IndexFile {
  readonly #store: string;
  readonly #path: string;
  // Filled once and kept, for reading all runs again for each list would be slow.
  #memory: RunIndex | undefined;

  /** @param store The store's directory. */
  constructor(store: string) {
    this.#store = store;
    this.#path = `${store}/.index.sqlite`;
  }

  /** Calls `work` with an index, again with another one if the first proves unusable. */
  use<T>(work: (index: RunIndex) => T): T {
    if (this.#memory === undefined) {
      try {
        return this.#useFile(work);
      } catch (cause) {
        if (!isDatabaseError(cause)) throw cause;
      }
      this.#memory = this.inMemory();
    }
    return work(this.#memory);
  }

  /** An index to keep open, which the caller closes: that of the file, or one in memory. */
  open(): RunIndex {
    try {
      this.#useFile((index) => index.select({ limit: 1 }));
      return new RunIndex(this.#store, this.#path);
    } catch (cause) {
      if (!isDatabaseError(cause)) throw cause;
      return this.inMemory();
    }
  }

  /** An empty index that is in no file; the caller closes it. */
  inMemory(): RunIndex {
    return new RunIndex(this.#store, ":memory:");
  }

  /** Forgets the index; the next use makes it anew. */
  forget(): void {
    this.#memory?.[Symbol.dispose]();
    this.#memory = undefined;
    this.#remove();
  }

  #useFile<T>(work: (index: RunIndex) => T): T {
    try {
      using index = new RunIndex(this.#store, this.#path);
      return work(index);
    } catch (cause) {
      if (!isDatabaseError(cause) || isLocked(cause) || !this.#remove()) throw cause;
    }
    using index = new RunIndex(this.#store, this.#path);
    return work(index);
  }

  #remove(): boolean {
    try {
      for (const suffix of SIDE_FILES) removeFile(this.#path + suffix);
      return true;
    } catch {
      // Read-only, not ours or no file at all: whoever asked does without it.
      return false;
    }
  }
}

/** Whether SQLite failed, rather than the store itself. */
export function isDatabaseError(cause: unknown): cause is Error {
  return cause instanceof Error && "code" in cause && cause.code === "ERR_SQLITE_ERROR";
}

/** Whether another process is busy with the file, which is healthy then. */
export function isLocked(cause: Error): boolean {
  return /locked|busy/.test(cause.message);
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
}
