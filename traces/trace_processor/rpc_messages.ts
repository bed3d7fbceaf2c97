/**
 * Requests and replies of trace_processor.
 *
 * Numbers from protos/perfetto/trace_processor/trace_processor.proto at v55.3.
 */

import { ProtoReader } from "../protobuf/proto_reader.ts";
import { encodeMessage, type ProtoField } from "../protobuf/proto_writer.ts";

/** TraceProcessorRpc.TraceProcessorMethod. */
export const Method = {
  appendTraceData: 1,
  finalizeTraceData: 2,
  queryStreaming: 3,
  restoreInitialTables: 7,
  getStatus: 10,
  resetTraceProcessor: 11,
  registerSqlPackage: 13,
} as const;

/** Fields of TraceProcessorRpc. */
const SEQ = 1;
const REQUEST = 2;
const FATAL_ERROR = 5;
const APPEND_TRACE_DATA = 101;
const QUERY_ARGS = 103;
const RESET_ARGS = 107;
const REGISTER_SQL_PACKAGE_ARGS = 108;

/** The version of the protocol that is spoken here, TRACE_PROCESSOR_CURRENT_API_VERSION. */
export const API_VERSION = 14;

/** One file of PerfettoSQL; `name` is what INCLUDE PERFETTO MODULE names, package and all. */
export interface SqlModule {
  readonly name: string;
  readonly sql: string;
}

/** How a trace is taken in; see ResetTraceProcessorArgs. */
export interface IngestOptions {
  /** Whether every ftrace event becomes a row of `ftrace_event`; the default is true. */
  readonly ftraceEvents?: boolean;
}

/** A request without its sequence number. */
export interface Request {
  readonly method: number;
  readonly fields: readonly ProtoField[];
}

export function encodeRequest(request: Request, sequence: number): Uint8Array<ArrayBuffer> {
  return encodeMessage([[SEQ, sequence], [REQUEST, request.method], ...request.fields]);
}

/** A request that says nothing more than its method. */
export function plainRequest(method: number): Request {
  return { method, fields: [] };
}

export function appendRequest(bytes: Uint8Array): Request {
  return { method: Method.appendTraceData, fields: [[APPEND_TRACE_DATA, bytes]] };
}

export function queryRequest(sql: string): Request {
  return { method: Method.queryStreaming, fields: [[QUERY_ARGS, [[1, sql]]]] };
}

export function resetRequest(options: IngestOptions): Request {
  return {
    method: Method.resetTraceProcessor,
    fields: [[RESET_ARGS, [[2, options.ftraceEvents]]]],
  };
}

export function registerRequest(name: string, modules: readonly SqlModule[]): Request {
  const files = modules.map((module): ProtoField => [2, [[1, module.name], [2, module.sql]]]);
  const allowOverride: ProtoField = [3, true];
  return {
    method: Method.registerSqlPackage,
    fields: [[REGISTER_SQL_PACKAGE_ARGS, [[1, name], ...files, allowOverride]]],
  };
}

/** A reply, as far as all methods share it. */
export interface Reply {
  readonly sequence: number;
  /** The method that is answered; undefined if the request was not understood. */
  readonly method: number | undefined;
  /** Set if the engine gave up on the connection. */
  readonly fatalError: string | undefined;
  /** The method's own message; undefined if it has none. */
  readonly result: Uint8Array | undefined;
}

export function decodeReply(message: Uint8Array): Reply {
  const reader = new ProtoReader(message);
  let sequence = 0;
  let method: number | undefined;
  let fatalError: string | undefined;
  let result: Uint8Array | undefined;
  while (reader.next()) {
    if (reader.field === SEQ) sequence = reader.number();
    else if (reader.field === 3) method = reader.number();
    else if (reader.field === FATAL_ERROR) fatalError = reader.string();
    else if (reader.field > 200) result = reader.bytes();
  }
  return { sequence, method, fatalError, result };
}

/** The reply of an engine that gives up: why. */
export function encodeFatalError(reason: string): Uint8Array<ArrayBuffer> {
  return encodeMessage([[FATAL_ERROR, reason]]);
}

/** What a trace processor says about itself. */
export interface EngineStatus {
  /** For people, such as "Perfetto v55.3-df2b6e4be (df2b6e4…)". */
  readonly version: string;
  readonly apiVersion: number;
  /** Name of the trace that is loaded, "" if none is. */
  readonly loadedTrace: string;
}

export function decodeStatus(result: Uint8Array): EngineStatus {
  const reader = new ProtoReader(result);
  let loadedTrace = "";
  let version = "";
  let apiVersion = 0;
  while (reader.next()) {
    if (reader.field === 1) loadedTrace = reader.string();
    else if (reader.field === 2) version = reader.string();
    else if (reader.field === 3) apiVersion = reader.number();
  }
  return { version, apiVersion, loadedTrace };
}

/**
 * The error that a result carries, if any.
 *
 * @param field Number of the error's field: 2 in AppendTraceDataResult, 1 in FinalizeDataResult and
 * RegisterSqlPackageResult.
 */
export function decodeError(result: Uint8Array, field: number): string | undefined {
  const reader = new ProtoReader(result);
  while (reader.next()) if (reader.field === field) return reader.string();
  return undefined;
}
