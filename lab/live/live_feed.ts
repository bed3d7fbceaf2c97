/** Tells other processes of a run in progress, by files in the store. */

import type { StepNews } from "../plan/run_steps.ts";
import { Scratch } from "../store/scratch.ts";
import { EVENTS_FILE, LIVE_SCHEMA, type LiveEvent, type LiveNow, NOW_FILE } from "./live_schema.ts";

/** What is said of a run when it begins. */
export interface LiveBegin {
  readonly host: string;
  readonly command: string;
}

/** `now.json` is written at most this often, so that telling does not disturb the measurement. */
const PERIOD_MS = 250;

/**
 * A run in progress as others see it.
 *
 * Nothing of it may cost the measurement: where files cannot be written (a full disk), it falls
 * silent.
 */
export class LiveFeed implements AsyncDisposable {
  /** Null: nothing can be written there. */
  readonly #directory: Scratch | null;
  readonly #events: Deno.FsFile | null;
  readonly #begin = performance.now();
  #now: LiveNow = { fraction: 0, label: "", elapsed: 0, sampled: null };
  #written = -Infinity;
  #silent: boolean;

  private constructor(directory: Scratch | null, events: Deno.FsFile | null) {
    this.#directory = directory;
    this.#events = events;
    this.#silent = events === null;
  }

  /**
   * Begins to tell.
   *
   * @param store The store's directory.
   * @param label Sets feeds of one process apart; part of a file name.
   */
  static async open(store: string, label: string, about: LiveBegin): Promise<LiveFeed> {
    const feed = await LiveFeed.#in(store, label);
    feed.#tell({
      kind: "begin",
      schema: LIVE_SCHEMA,
      ...about,
      startedAt: new Date().toISOString(),
    });
    return feed;
  }

  static async #in(store: string, label: string): Promise<LiveFeed> {
    let directory: Scratch | null = null;
    try {
      directory = await Scratch.open(store, label, "live");
      const path = `${directory.path}/${EVENTS_FILE}`;
      return new LiveFeed(directory, Deno.openSync(path, { create: true, append: true }));
    } catch {
      return new LiveFeed(directory, null);
    }
  }

  /** @param fraction Share of the work that is done, 0 to 1. */
  progress(fraction: number, label: string): void {
    const step = label === this.#now.label ? this.#now.sampled : null;
    this.#update({ ...this.#now, fraction: within(fraction), label, sampled: step });
  }

  /** Tells of results and of what steps have sampled so far. */
  news(news: StepNews): void {
    if (news.kind === "result") {
      // Before the result is told: it takes the place of what was sampled up to now
      if (this.#now.sampled !== null) this.#write({ ...this.#now, sampled: null });
      return this.#tell(news);
    }
    const { step: { technique, label }, histogram } = news;
    this.#update({ ...this.#now, label, sampled: { technique, histogram } });
  }

  /** Tells how it ended: the id of the stored run, or why there is none. */
  end(run: string | null, problem: string | null): void {
    this.#tell({ kind: "end", run, problem });
  }

  /** Takes everything away; who has the files open can still read them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#events?.close();
    await this.#directory?.[Symbol.asyncDispose]();
  }

  #tell(event: LiveEvent): void {
    this.#quietly(() => {
      const bytes = new TextEncoder().encode(`${JSON.stringify(event)}\n`);
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(this.#events!.writeSync(rest));
    });
  }

  #update(now: LiveNow): void {
    this.#now = now;
    if (performance.now() - this.#written >= PERIOD_MS) this.#write(now);
  }

  #write(now: LiveNow): void {
    const time = performance.now();
    this.#now = { ...now, elapsed: (time - this.#begin) / 1000 };
    this.#written = time;
    this.#quietly(() => {
      const path = `${this.#directory!.path}/${NOW_FILE}`;
      Deno.writeTextFileSync(`${path}.tmp`, JSON.stringify(this.#now));
      Deno.renameSync(`${path}.tmp`, path);
    });
  }

  #quietly(write: () => void): void {
    if (this.#silent) return;
    try {
      write();
    } catch {
      // The run itself will say what is wrong with the store when it is saved there
      this.#silent = true;
    }
  }
}

/** No work at all makes a fraction of 0/0. */
function within(fraction: number): number {
  return fraction > 0 ? Math.min(1, fraction) : 0;
}
