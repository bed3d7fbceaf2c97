/** What passes between the Perfetto UI and its engine, as far as it must be understood. */

import { ProtoReader } from "../../traces/protobuf/proto_reader.ts";
import { encodeMessage } from "../../traces/protobuf/proto_writer.ts";
import { decodeQueryPart } from "../../traces/trace_processor/query_result.ts";
import { decodeReply, Method } from "../../traces/trace_processor/rpc_messages.ts";
import { statusResult } from "./status_result.ts";

/** Fields of TraceProcessorRpc, see rpc_messages.ts. */
const SEQ = 1;
const REQUEST = 2;
const RESPONSE = 3;
const APPEND_TRACE_DATA = 101;
const STATUS = 210;

/** Counts what is asked and answered on one engine, whoever the clients are. */
export class RpcTraffic {
  /** Requests without their last reply. */
  outstanding = 0;
  /** Bytes of the trace that clients loaded themselves. */
  appended = 0;
  /** Whether what was loaded first is gone. */
  replaced = false;
  /** Whether the trace is complete: what is appended next begins another one. */
  #complete = true;

  /** Takes note of a request. */
  asked(message: Uint8Array): void {
    this.outstanding++;
    const reader = new ProtoReader(message);
    let method = 0;
    let bytes = 0;
    while (reader.next()) {
      if (reader.field === REQUEST) method = reader.number();
      else if (reader.field === APPEND_TRACE_DATA) bytes = reader.bytes().length;
    }
    if (method === Method.appendTraceData) {
      this.appended = bytes + (this.#complete ? 0 : this.appended);
      this.#complete = false;
      this.replaced = true;
    } else if (method === Method.finalizeTraceData) {
      this.#complete = true;
    } else if (method === Method.resetTraceProcessor) {
      this.appended = 0;
      this.replaced = true;
    }
  }

  /**
   * Takes note of a reply.
   *
   * @param loadedTrace What is told as the trace's name; the engine knows none of what came by bytes.
   * @returns What the client is told.
   */
  answered(message: Uint8Array, loadedTrace: string): Uint8Array {
    const { method, result, sequence } = decodeReply(message);
    if (method === Method.queryStreaming) {
      const { isLast, error } = decodeQueryPart(result ?? new Uint8Array());
      if (isLast || error !== undefined) this.outstanding--;
      return message;
    }
    this.outstanding--;
    if (method !== Method.getStatus) return message;
    const status = statusResult(loadedTrace);
    return encodeMessage([[SEQ, sequence], [RESPONSE, method], [STATUS, status]]);
  }
}
