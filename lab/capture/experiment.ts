/** The capture experiment: record, convert, analyse; a host without tracing is a result, too. */

import type { RequestOptions, RequestParameters, Session } from "../../ffi/session.ts";
import type { HostFacts } from "../environment/facts.ts";
import type { CaptureResult } from "../schema/capture_schema.ts";
import { type EngineOptions, openTraceProcessor } from "../traces_files.ts";
import { directorySource } from "./capture_directory.ts";
import { captureResult, loadTrace, TRACE_FILE, writeTrace } from "./analyse.ts";
import { recordCapture } from "./record.ts";

/** Where a capture is kept while a run is made, and which engine analyses it. */
export interface CaptureOptions {
  /** A directory of the run's own, for the trace; its owner removes it. */
  readonly directory: string;
  /** Where raw pages go and stay; below `directory` by default. */
  readonly raw?: string;
  readonly engine?: EngineOptions;
}

/** A capture's result, and the trace that belongs to it. */
export interface Captured {
  readonly result: CaptureResult;
  /** Path of the trace; `null` without one. */
  readonly trace: string | null;
}

/**
 * Records and analyses a capture.
 *
 * @throws {RequestError | SessionError | CaptureError | EngineError} If recording fails in the
 * middle, the disk is full or there is no trace processor.
 */
export async function runCapture(
  session: Session,
  parameters: RequestParameters,
  facts: HostFacts,
  options: CaptureOptions,
  request: Omit<RequestOptions, "onFile"> = {},
): Promise<Captured> {
  const raw = options.raw ?? `${options.directory}/raw`;
  const reply = await recordCapture(session, parameters, facts, raw, request);
  if (!reply.available) return { result: unavailable(reply.reason, reply.errno), trace: null };
  const trace = `${options.directory}/${TRACE_FILE}`;
  await Deno.mkdir(options.directory, { recursive: true });
  const conversion = await writeTrace(directorySource(raw), trace, request.signal);
  const processor = await openTraceProcessor(options.engine);
  try {
    await loadTrace(processor, trace);
    return { result: await captureResult(processor, reply, conversion), trace };
  } finally {
    processor.close();
  }
}

/** The result where tracing is not to be had. */
export function unavailable(reason: string, errno: string | null): CaptureResult {
  return {
    experiment: "capture",
    available: false,
    reason,
    errno,
    trace: null,
    ladder: "proc-interrupts",
    events: 0,
    lost: 0,
    sends: 0,
    matched: 0,
    stoppedBy: null,
    techniques: [],
    worst: [],
  };
}
