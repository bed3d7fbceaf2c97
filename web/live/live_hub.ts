/** Watches the runs in progress for all clients together, as long as there is one. */

import { LiveRuns } from "../../lab/live/live_runs.ts";
import { type LiveView, viewOf } from "./live_view.ts";

/** How often the store is looked at, ms. */
const PERIOD_MS = 250;

/** Runs that have ended stay on the page so long, ms. */
const SHOWN_AFTER_END_MS = 10 * 60_000;

/** Who wants to hear of runs. */
export interface Listener {
  /** Called with all runs whenever one has changed. */
  runs(runs: readonly LiveView[]): void;
  /** The store cannot be read any more. */
  failed(): void;
}

/** One watch for any number of clients. */
export class LiveHub implements Disposable {
  readonly #store: string;
  readonly #listeners = new Set<Listener>();
  readonly #ended = new Map<string, { view: LiveView; at: number }>();
  #runs: LiveRuns | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #looking: Promise<void> = Promise.resolve();
  #last = "";
  #views: readonly LiveView[] = [];

  /** @param store The store's directory. */
  constructor(store: string) {
    this.#store = store;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** The runs of this moment. @throws {StoreError} If the store cannot be read. */
  async now(): Promise<readonly LiveView[]> {
    await this.#look();
    if (this.#listeners.size === 0) this.#rest();
    return this.#views;
  }

  /**
   * Tells a listener of the runs of this moment and of all changes, until it is disposed of.
   *
   * @throws {StoreError} If the store cannot be read.
   */
  async listen(listener: Listener): Promise<Disposable> {
    this.#listeners.add(listener);
    try {
      await this.#look();
    } catch (error) {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#rest();
      throw error;
    }
    listener.runs(this.#views);
    this.#timer ??= setInterval(() => void this.#look().catch(() => this.#fail()), PERIOD_MS);
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(listener);
        if (this.#listeners.size === 0) this.#rest();
      },
    };
  }

  [Symbol.dispose](): void {
    this.#listeners.clear();
    this.#rest();
  }

  /** Looks one after another: two at once would read the same lines twice. */
  async #look(): Promise<void> {
    const turn = this.#looking.then(() => this.#lookOnce());
    this.#looking = turn.catch(() => {});
    await turn;
  }

  async #lookOnce(): Promise<void> {
    this.#runs ??= new LiveRuns(this.#store);
    const views = (await this.#runs.look()).map(viewOf);
    const time = Date.now();
    for (const view of views) if (view.end !== null) this.#ended.set(view.id, { view, at: time });
    for (const [id, { at }] of this.#ended) {
      if (time - at > SHOWN_AFTER_END_MS) this.#ended.delete(id);
    }
    const running = views.filter(({ end }) => end === null);
    const ended = [...this.#ended.values()].map(({ view }) => view).reverse();
    this.#views = [...running, ...ended];
    const text = JSON.stringify(this.#views);
    if (text === this.#last) return;
    this.#last = text;
    for (const listener of this.#listeners) listener.runs(this.#views);
  }

  /** Who asks again is told why. */
  #fail(): void {
    for (const listener of [...this.#listeners]) listener.failed();
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#runs?.[Symbol.dispose]();
    this.#runs = null;
  }
}
