/** Records a capture on a host: files into a directory, description beside them. */

import type { RequestOptions, RequestParameters, Session } from "../../../ffi/session.ts";
import { CAPTURE_SCHEMA } from "../../../traces/convert/capture_json.ts";
import { CaptureError } from "../../../traces/convert/capture_source.ts";
import type { HostFacts } from "../../environment/facts.ts";
import { parseReply } from "../../format/reply.ts";
import { CaptureDirectory } from "./capture_directory.ts";
import { type CaptureReply, captureReplySchema, type Recorded } from "./reply.ts";

/** Tracing is not to be had on the host; everything else of a run goes on. */
export interface NoCapture {
  readonly available: false;
  readonly outcome: "refused" | "failed";
  readonly errno: string | null;
  readonly reason: string;
}

/**
 * Runs `request=capture` and leaves a capture directory, format "fencelab.capture/1".
 *
 * @param directory Where; made, and complete only when this returns a capture.
 * What cannot be kept, since the disk is full, counts as not to be had.
 *
 * @throws {RequestError | SessionError | ReplyFormatError} If it cannot be recorded or understood.
 */
export async function recordCapture(
  session: Pick<Session, "request">,
  parameters: RequestParameters,
  facts: HostFacts,
  directory: string,
  options: Omit<RequestOptions, "onFile"> = {},
): Promise<CaptureReply | NoCapture> {
  using files = new CaptureDirectory(directory);
  let failure: CaptureError | null = null;
  const [reply] = await session.request("capture", parameters, {
    ...options,
    onFile: (piece) => {
      if (failure) return; // the rest has no use; the request is let come to its end
      try {
        files.append(piece);
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error;
        failure = error;
      }
    },
  });
  if (failure !== null) {
    const { message } = failure as CaptureError;
    files[Symbol.dispose]();
    Deno.removeSync(directory, { recursive: true }); // the run itself needs the space
    return { available: false, outcome: "failed", errno: "ENOSPC", reason: message };
  }
  const parsed = parseReply(captureReplySchema, reply?.result, "capture", facts.uname.nodename);
  if (parsed.available) {
    const techniques = parsed.phases.map(({ technique }) => technique);
    describeCapture(files, parsed, facts, techniques);
  }
  return parsed;
}

/** Threads are reported again and again; the latest name is the one that counts. */
function threadsOf(recorded: Recorded): Recorded["threads"] {
  return [...new Map(recorded.threads.map((thread) => [thread.tid, thread])).values()];
}

/**
 * Writes `capture.json`, which makes a directory of pages a capture.
 *
 * @param techniques Their positions are their numbers in ops.bin.
 */
export function describeCapture(
  files: CaptureDirectory,
  recorded: Recorded,
  facts: HostFacts,
  techniques: readonly string[],
): void {
  const description = {
    schema: CAPTURE_SCHEMA,
    arch: facts.uname.machine,
    kernel: facts.uname.release,
    version: facts.uname.version,
    nodename: facts.uname.nodename,
    pageSize: facts.pageSize,
    hz: null,
    littleEndian: true, // all three architectures
    cpus: recorded.stats.map(({ cpu }) => cpu),
    clock: "boot",
    clocks: recorded.clocks,
    events: recorded.events,
    ladder: recorded.ladder,
    techniques,
    stats: recorded.stats,
    threads: threadsOf(recorded),
    run: { host: facts.uname.nodename },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(description));
  files.append({ name: "capture.json", bytes });
}
