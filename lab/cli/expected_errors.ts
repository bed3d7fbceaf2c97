/** Errors that are the user's business, and how they are told. */

import { BuildError } from "../../ffi/build.ts";
import { ProtocolError } from "../../ffi/frames.ts";
import { LibraryError } from "../../ffi/library.ts";
import { RequestError, SessionError } from "../../ffi/session.ts";
import { CaptureError } from "../../traces/convert/capture_source.ts";
import { RingBufferError } from "../../traces/ring_buffer/errors.ts";
import { EngineError, SqlError, TraceLoadError } from "../../traces/trace_processor/errors.ts";
import { ReplyFormatError } from "../format/reply.ts";
import { HostError } from "../format/host_error.ts";
import { PlanError } from "../plan/plan.ts";
import { printable } from "../text/printable.ts";
import { ReportError } from "../report/report_error.ts";
import { RunFormatError } from "../experiments/run/run_schema.ts";
import { StoreError } from "../store/store_error.ts";
import { UsageError } from "./usage_error.ts";

/** Errors whose message is meant for the user; any other is a fault of fencelab and shows its stack. */
const EXPECTED = [
  UsageError,
  HostError,
  PlanError,
  StoreError,
  RunFormatError,
  BuildError,
  LibraryError,
  SessionError,
  RequestError,
  ProtocolError,
  ReplyFormatError,
  CaptureError,
  RingBufferError,
  EngineError,
  SqlError,
  TraceLoadError,
  ReportError,
];

/** Whether an error's message is meant for the user. */
export function isExpected(error: unknown): error is Error {
  return EXPECTED.some((kind) => error instanceof kind);
}

/** What to tell of an error. */
export function describeError(error: unknown): string {
  // Messages quote the user's input; line breaks are the compiler's
  if (isExpected(error)) return error.message.split("\n").map(printable).join("\n");
  if (error instanceof Deno.errors.NotCapable) {
    return `${printable(error.message)}. Remedy: name the path by an option, so that it is granted`;
  }
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  return `fencelab failed, which is a fault of its own:\n${stack}`;
}
