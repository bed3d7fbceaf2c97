import { registerSqlModules } from "../../traces/sql/modules.ts";
import { TraceProcessor } from "../../traces/trace_processor/client.ts";
import { Problem } from "../base/problem.ts";
import type { TraceRef } from "../base/trace_ref.ts";
import { engineProblem, type UseOptions } from "./engines.ts";
import { LOAD_LIMIT_MS, WORK_LIMIT_MS } from "./limits.ts";
import type { SocketPipe } from "./socket_pipe.ts";
import { readTrace, traceSize } from "./trace_stream.ts";

/**
 * An engine's process with one trace in it, for as long as it lives: WASM never gives memory back, so
 * another trace gets another process.
 */
export class TraceEngine {
  readonly trace: TraceRef;
  readonly totalBytes: number;
  /** Bytes of the trace that have been taken. */
  loadedBytes = 0;
  state: "loading" | "idle" | "busy" | "ended" = "loading";
  /** When work was done last, by performance.now(). */
  usedAt = performance.now();
  /** Settled when nothing can be asked any more, whatever the reason. */
  readonly ended: Promise<void>;
  readonly #end = Promise.withResolvers<void>();
  #processor: TraceProcessor | null = null;
  #pipe: SocketPipe | null = null;
  #dead = false;

  /** @throws {Problem} If the trace is too large. */
  constructor(trace: TraceRef) {
    this.trace = trace;
    this.totalBytes = traceSize(trace);
    this.ended = this.#end.promise;
  }

  /**
   * Loads the trace into a fresh engine.
   *
   * @throws {Problem} If that fails; the engine has ended then.
   */
  async load(start: () => Promise<SocketPipe>): Promise<void> {
    const timer = setTimeout(() => this.close(), LOAD_LIMIT_MS);
    try {
      const pipe = await start();
      this.#pipe = pipe;
      // The server may have ended meanwhile
      if (this.state === "ended") pipe.close();
      pipe.ended.then(() => this.#hungUp());
      this.#processor = await TraceProcessor.open(pipe);
      await registerSqlModules(this.#processor);
      const bytes = readTrace(this.trace, (count) => this.loadedBytes = count);
      await this.#processor.load(bytes);
      this.state = "idle";
      this.usedAt = performance.now();
    } catch (error) {
      this.close();
      throw engineProblem(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Runs work; whoever calls has set the state to "busy" before.
   *
   * @throws {Problem} If the limit is exceeded or the engine dies: it has ended then.
   */
  async run<T>(
    work: (processor: TraceProcessor) => Promise<T>,
    { signal, limitMs = WORK_LIMIT_MS }: UseOptions,
  ): Promise<T> {
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const stop = (reason: unknown): void => {
      reject(reason);
      // Only the end of its process stops what an engine computes
      this.close();
    };
    const abort = (): void => stop(signal!.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const timer = setTimeout(() => stop(limitProblem(limitMs)), limitMs);
    try {
      signal?.throwIfAborted();
      return await Promise.race([work(this.#processor!), stopped]);
    } catch (error) {
      throw engineProblem(error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      this.usedAt = performance.now();
      if (this.state === "busy") this.state = "idle";
      if (this.#dead) this.close();
    }
  }

  /** Its process is gone. Work under way reads what it said last, and then notices by itself. */
  #hungUp(): void {
    this.#dead = true;
    if (this.state === "idle") this.close();
  }

  close(): void {
    if (this.state === "ended") return;
    this.state = "ended";
    this.#processor?.close();
    this.#pipe?.close();
    this.#end.resolve();
  }
}

function limitProblem(limitMs: number): Problem {
  return new Problem(
    422,
    `The trace processor was ended after ${limitMs / 1000} s, the most that a request may take`,
    "ask for less: a shorter time, fewer joins, a LIMIT",
  );
}
