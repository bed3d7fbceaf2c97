/** The capture experiment: record, convert, analyse; a host without tracing is a result, too. */

import {
  RequestError,
  type RequestOptions,
  type RequestParameters,
  type Session,
} from "../../../ffi/session.ts";
import type { Conversion } from "../../../traces/convert/conversion.ts";
import { EngineError, TraceLoadError } from "../../../traces/trace_processor/errors.ts";
import type { HostFacts } from "../../environment/facts.ts";
import { type CaptureResult, captureSchema } from "./capture_schema.ts";
import { type EngineOptions, openTraceProcessor } from "../../places/traces_files.ts";
import { crashRefusal } from "../../request/crash_refusal.ts";
import { type Refusal, unavailableResult } from "../../request/unavailable.ts";
import type { CaptureOptions } from "../experiment.ts";
import { directorySource } from "./capture_directory.ts";
import { captureResult, loadTrace, writeTrace } from "./analyse.ts";
import { type NoCapture, recordCapture } from "./record.ts";
import type { CaptureReply } from "./reply.ts";
import { INDEX_FILE, indexBeside, TRACE_FILE } from "./trace_names.ts";

/** A capture's result, and the files that belong to it. */
export interface Captured {
  readonly result: CaptureResult;
  /** Paths of the trace and its index by the names that the result gives them; none without one. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Records and analyses a capture.
 *
 * Where tracing is not to be had, the disk is full or there is no trace processor, the result says so.
 *
 * @throws {SessionError} If the core ends; {RequestError} if it does not understand the request.
 */
export async function runCapture(
  session: Pick<Session, "request">,
  parameters: RequestParameters,
  facts: HostFacts,
  options: CaptureOptions,
  request: Omit<RequestOptions, "onFile"> = {},
): Promise<Captured> {
  const raw = options.raw ?? `${options.directory}/raw`;
  const reply = await recordOrFail(() => recordCapture(session, parameters, facts, raw, request));
  if (!reply.available) return without(reply);
  const trace = `${options.directory}/${TRACE_FILE}`;
  let conversion: Conversion;
  try {
    await Deno.mkdir(options.directory, { recursive: true });
    conversion = await writeTrace(directorySource(raw), trace, request.signal);
  } catch (error) {
    if (isAborted(error) || error instanceof Deno.errors.NotCapable) throw error;
    // A damaged capture, or a disk that is full: the rest of the run does not depend on it
    return without({ outcome: "failed", reason: messageOf(error), errno: null });
  }
  const result = await analyse(trace, reply, conversion, options.engine);
  const files = new Map([[TRACE_FILE, trace], [INDEX_FILE, indexBeside(trace)]]);
  return { result, files };
}

/** A worker that is killed takes no more of a run along than its own results. */
async function recordOrFail(
  record: () => Promise<CaptureReply | NoCapture>,
): Promise<CaptureReply | NoCapture> {
  try {
    return await record();
  } catch (error) {
    if (!(error instanceof RequestError) || error.code === "bad-request") throw error;
    return { available: false, ...crashRefusal(null, error) };
  }
}

function without(refusal: Refusal): Captured {
  return { result: unavailable(refusal), files: new Map() };
}

/** Without a trace processor the trace stands, with what the core counted beside it. */
async function analyse(
  trace: string,
  reply: CaptureReply,
  conversion: Conversion,
  engine: EngineOptions | undefined,
): Promise<CaptureResult> {
  try {
    const processor = await openTraceProcessor(engine);
    try {
      await loadTrace(processor, trace);
      return await captureResult(processor, reply, conversion);
    } finally {
      processor.close();
    }
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof TraceLoadError)) throw error;
    return { ...await captureResult(null, reply, conversion), reason: messageOf(error) };
  }
}

function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The result where tracing is not to be had. */
export function unavailable(refusal: Refusal): CaptureResult {
  const asked = { label: "capture", technique: null, parameters: {} };
  return unavailableResult(captureSchema, asked, refusal, {
    ladder: "proc-interrupts",
  });
}
