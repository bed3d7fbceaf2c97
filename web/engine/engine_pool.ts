import type { TraceProcessor } from "../../traces/trace_processor/client.ts";
import { Problem } from "../base/problem.ts";
import type { TraceRef } from "../base/trace_ref.ts";
import type { Engines, TraceState, UseOptions } from "./engines.ts";
import { IDLE_MS, MAX_WAITING, POOL_SIZE } from "./limits.ts";
import type { SocketPipe } from "./socket_pipe.ts";
import { TraceEngine } from "./trace_engine.ts";
import { traceSize } from "./trace_stream.ts";

/** How often work on traces that are loaded passes work on one that is not. */
const PATIENCE = 8;

/** Work that waits for an engine. */
interface Ticket {
  readonly trace: TraceRef;
  /** How much later work has passed it. */
  passed: number;
  readonly resolve: (engine: TraceEngine) => void;
  readonly reject: (reason: unknown) => void;
}

/** How many engines there are, and how long they live. */
export interface PoolOptions {
  readonly size?: number;
  /** How long an engine without work is kept, in ms. */
  readonly idleMs?: number;
}

/** A few engines for all traces: the least recently used one gives way to a trace that has none. */
export class EnginePool implements Engines {
  readonly #start: () => Promise<SocketPipe>;
  readonly #size: number;
  readonly #idleMs: number;
  readonly #engines = new Set<TraceEngine>();
  /** In the order of arrival. */
  readonly #waiting: Ticket[] = [];
  #closed = false;

  /** @param start Starts a process. */
  constructor(
    start: () => Promise<SocketPipe>,
    { size = POOL_SIZE, idleMs = IDLE_MS }: PoolOptions = {},
  ) {
    this.#start = start;
    this.#size = size;
    this.#idleMs = idleMs;
  }

  async use<T>(
    trace: TraceRef,
    work: (processor: TraceProcessor) => Promise<T>,
    options: UseOptions = {},
  ): Promise<T> {
    const engine = await this.#wait(trace, options.signal);
    try {
      return await engine.run(work, options);
    } finally {
      this.#dispatch();
    }
  }

  state(trace: TraceRef): TraceState {
    const engine = this.#engineOf(trace);
    if (!engine) return { state: "absent", loadedBytes: 0, totalBytes: traceSize(trace) };
    const { loadedBytes, totalBytes, state } = engine;
    return { state: state === "loading" ? "loading" : "ready", loadedBytes, totalBytes };
  }

  /** Ends all engines; what waits for them fails. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const ticket of this.#waiting.splice(0)) ticket.reject(endProblem());
    for (const engine of this.#engines) engine.close();
    return Promise.resolve();
  }

  /** An engine with the trace in it, of which nobody else makes use. */
  async #wait(trace: TraceRef, signal: AbortSignal | undefined): Promise<TraceEngine> {
    signal?.throwIfAborted();
    if (this.#closed) throw endProblem();
    if (this.#waiting.length >= MAX_WAITING) {
      throw new Problem(503, "Too many requests wait for a trace processor", "try again later");
    }
    const { promise, resolve, reject } = Promise.withResolvers<TraceEngine>();
    const ticket: Ticket = { trace, passed: 0, resolve, reject };
    const abort = (): void => {
      const at = this.#waiting.indexOf(ticket);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      reject(signal!.reason);
      this.#dispatch();
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.push(ticket);
    this.#dispatch();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  #engineOf({ key }: TraceRef): TraceEngine | undefined {
    return [...this.#engines].find(({ trace }) => trace.key === key);
  }

  /**
   * Gives engines to those who wait, in the order of arrival. Who needs an engine's place lets those
   * pass who need the engine itself, but not for ever: steady work on two traces must not keep a
   * third one out.
   */
  #dispatch(): void {
    for (const ticket of [...this.#waiting]) {
      // A trace that cannot be loaded takes all its tickets away
      if (!this.#waiting.includes(ticket)) continue;
      const engine = this.#engineOf(ticket.trace);
      if (engine?.state === "idle") this.#grant(ticket, engine);
      if (engine) continue;
      const patient = ticket.passed < PATIENCE;
      if (!this.#makeRoom(patient)) {
        if (patient) continue;
        return;
      }
      this.#load(ticket.trace);
    }
  }

  #grant(ticket: Ticket, engine: TraceEngine): void {
    // Busy from now on, although the work begins only when the promise is looked at
    engine.state = "busy";
    const at = this.#waiting.indexOf(ticket);
    this.#waiting.splice(at, 1);
    for (const passed of this.#waiting.slice(0, at)) passed.passed++;
    ticket.resolve(engine);
  }

  /** Makes room for an engine if need be; false where that is not possible. */
  #makeRoom(patient: boolean): boolean {
    if (this.#engines.size < this.#size) return true;
    const wanted = new Set(patient ? this.#waiting.map(({ trace }) => trace.key) : []);
    const spare = [...this.#engines].filter(({ state, trace }) =>
      state === "idle" && !wanted.has(trace.key)
    );
    const oldest = spare.sort((a, b) => a.usedAt - b.usedAt)[0];
    if (oldest) this.#remove(oldest);
    return oldest !== undefined;
  }

  async #load(trace: TraceRef): Promise<void> {
    let engine: TraceEngine | undefined;
    try {
      engine = new TraceEngine(trace);
      this.#engines.add(engine);
      engine.ended.then(() => this.#remove(engine!));
      await engine.load(this.#start);
      this.#closeWhenIdle(engine);
    } catch (error) {
      if (engine) this.#remove(engine);
      for (const ticket of this.#waiting.filter((one) => one.trace.key === trace.key)) {
        this.#waiting.splice(this.#waiting.indexOf(ticket), 1);
        ticket.reject(error);
      }
    }
    this.#dispatch();
  }

  #remove(engine: TraceEngine): void {
    engine.close();
    if (this.#engines.delete(engine)) queueMicrotask(() => this.#dispatch());
  }

  #closeWhenIdle(engine: TraceEngine): void {
    const check = (): void => {
      if (engine.state === "ended") return;
      const left = engine.usedAt + this.#idleMs - performance.now();
      if (engine.state === "idle" && left <= 0) return this.#remove(engine);
      Deno.unrefTimer(setTimeout(check, Math.max(left, this.#idleMs / 4)));
    };
    check();
  }
}

function endProblem(): Problem {
  return new Problem(503, "The server ends", "start it again");
}
