import type { TraceProcessor } from "../../traces/trace_processor/client.ts";
import { EngineError, SqlError, TraceLoadError } from "../../traces/trace_processor/errors.ts";
import { Problem } from "../base/problem.ts";
import type { TraceRef } from "../base/trace_ref.ts";
import { MEMORY_REASON } from "./limits.ts";

/** How work with a trace is limited. */
export interface UseOptions {
  /** Gives up; the engine ends if the work has begun. */
  readonly signal?: AbortSignal;
  /** How long the work may take once the trace is loaded, in ms. */
  readonly limitMs?: number;
}

/** How far an engine is with a trace. */
export interface TraceState {
  readonly state: "absent" | "loading" | "ready";
  /** Bytes of the trace that the engine has taken. */
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** Trace processors, each in a process of its own. */
export interface Engines extends AsyncDisposable {
  /**
   * Runs work with a trace processor that has the trace loaded and knows the lab's modules; queues
   * behind others. Work must not change what later work sees.
   *
   * @throws {Problem} If the trace cannot be loaded, the engine dies, or the limit is exceeded.
   * @throws {SqlError} If the work's SQL is refused.
   */
  use<T>(
    trace: TraceRef,
    work: (processor: TraceProcessor) => Promise<T>,
    options?: UseOptions,
  ): Promise<T>;
  /** How far the trace is; work for it may wait for other traces before it is loaded. */
  state(trace: TraceRef): TraceState;
}

/** What people are told of an engine's error; errors that are not the engine's come back as they are. */
export function engineProblem(error: unknown): unknown {
  if (!(error instanceof EngineError) || error instanceof SqlError) return error;
  if (error instanceof TraceLoadError) {
    return new Problem(422, error.message, "convert the capture again", error);
  }
  if (error.message.includes(MEMORY_REASON)) {
    return new Problem(
      422,
      `The trace processor was ended, ${error.message.slice(error.message.indexOf(MEMORY_REASON))}`,
      "ask for less at a time, or use a native trace_processor for large traces",
      error,
    );
  }
  const [problem, remedy] = error.message.split(/\.\s+Remedy: /);
  return new Problem(502, problem!, remedy ?? "try again: the next request starts another", error);
}
