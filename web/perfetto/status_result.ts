import { encodeMessage } from "../../traces/protobuf/proto_writer.ts";
import { API_VERSION } from "../../traces/trace_processor/rpc_messages.ts";

/** What the engine says about itself; known before one runs, since its files are pinned. */
const VERSION_CODE = "v55.3-df2b6e4be";

/**
 * StatusResult of trace_processor.proto.
 *
 * By the version the UI offers the release that fits, by the trace's name it asks whether to use it.
 *
 * @param loadedTrace Name of the trace that is served, "" for none.
 */
export function statusResult(loadedTrace: string): Uint8Array<ArrayBuffer> {
  return encodeMessage([
    [1, loadedTrace],
    [2, `Perfetto ${VERSION_CODE}`],
    [3, API_VERSION],
    [4, VERSION_CODE],
  ]);
}
