import type { Run } from "../../lab/experiments/run/run_schema.ts";
import { RunCatalog } from "../../lab/store/run_catalog.ts";
import type { RunStore } from "../../lab/store/run_store.ts";
import { RunCache } from "./run_cache.ts";

/** Things made from the store's state that are kept, pages among them; unused ones go first. */
const KEPT = 500;

/** What the server knows of the runs of a store, kept as far as it does not change. */
export class RunLibrary implements Disposable {
  readonly catalog: RunCatalog;
  readonly #cache: RunCache;
  readonly #made = new Map<string, { generation: number; value: unknown }>();

  /** Begins without having looked at the store. */
  constructor({ dir }: RunStore) {
    this.catalog = new RunCatalog(dir);
    this.#cache = new RunCache(dir);
  }

  /**
   * Reads a run. Nobody may change what is returned.
   *
   * @param id What a client sent: anything else than a run's id means none.
   * @throws {Problem} If there is no such run.
   * @throws {RunFormatError} If its run.json cannot be used.
   */
  read(id: string): Run {
    return this.#cache.read(id);
  }

  /** As {@linkcode read}, after others had their turn: for those who read many. */
  async readLater(id: string): Promise<Run> {
    if (!this.#cache.holds(id)) await new Promise((wake) => setTimeout(wake, 0));
    return this.read(id);
  }

  /**
   * What `make` made of the store's present state; it is made once, however many ask for it.
   *
   * @param key What it is; two things must not have the same.
   */
  async remember<T>(key: string, make: () => T | Promise<T>): Promise<T> {
    await this.catalog.update();
    const { generation } = this.catalog;
    const known = this.#made.get(key);
    this.#made.delete(key);
    if (known?.generation === generation) {
      this.#made.set(key, known);
      return await (known.value as Promise<T>);
    }
    const value = Promise.resolve().then(make);
    if (this.#made.size >= KEPT) this.#made.delete(this.#made.keys().next().value!);
    const made = { generation, value: value as unknown };
    this.#made.set(key, made);
    try {
      return await value;
    } catch (error) {
      // The next one who asks tries again
      if (this.#made.get(key) === made) this.#made.delete(key);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.catalog[Symbol.dispose]();
  }
}
