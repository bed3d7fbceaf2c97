/**
 * A process that runs trace_processor and speaks its byte pipe over one unix socket.
 *
 * Arguments: the socket, the directory of the engine's files, the limit of memory in MiB. The process
 * may read those files and use that socket, nothing else. The engine computes in a worker, which
 * Deno cannot interrupt; this thread watches, and ends the process: when the connection is closed,
 * when the launcher dies, when the memory exceeds its limit.
 */

import { watchParent } from "../../lab/cli/parent_watch.ts";
import { directoryCache } from "../../lab/places/traces_files.ts";
import { loadEngine } from "../../traces/trace_processor/engine_files.ts";
import { frameMessage, MessageFramer } from "../../traces/trace_processor/message_framer.ts";
import { encodeFatalError } from "../../traces/trace_processor/rpc_messages.ts";
import { openWasmPipe } from "../../traces/trace_processor/wasm_pipe.ts";
import { memoryReason } from "./limits.ts";

/** How often memory is looked at, in ms; it grows by up to 1 MiB in one. */
const MEMORY_PERIOD_MS = 25;

/** How long a last word may take if nobody reads, in ms. */
const LAST_WORD_MS = 200;

/**
 * Longest message to the server, in bytes. The engine cuts results into pieces far below it, so a
 * longer one is a single huge value, which the server must not hold.
 */
const MAX_MESSAGE = 16 * 1024 * 1024;

/** The connection to the server. */
class Server {
  readonly #input: ReadableStream<Uint8Array>;
  readonly #output: WritableStreamDefaultWriter<Uint8Array>;
  #ending = false;

  constructor({ readable, writable }: Deno.UnixConn) {
    this.#input = readable;
    this.#output = writable.getWriter();
  }

  /** Hands everything that the server says to the engine; ends when it hangs up. */
  async read(to: WritableStream<Uint8Array>): Promise<void> {
    const writer = to.getWriter();
    for await (const bytes of this.#input) await writer.write(bytes);
  }

  /** Hands everything that the engine says to the server, in whole messages. */
  async write(from: ReadableStream<Uint8Array>): Promise<void> {
    const framer = new MessageFramer(MAX_MESSAGE);
    for await (const bytes of from) {
      for (const message of messagesOf(framer, bytes)) {
        if (this.#ending) return;
        await this.#output.write(frameMessage(message));
      }
    }
  }

  /** Says why and ends the process. */
  async end(reason: string): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    setTimeout(() => Deno.exit(1), LAST_WORD_MS);
    await this.#output.write(frameMessage(encodeFatalError(reason)));
    Deno.exit(1);
  }
}

function messagesOf(framer: MessageFramer, bytes: Uint8Array): Uint8Array[] {
  try {
    return framer.push(bytes);
  } catch (cause) {
    throw new Error(`a value of the result is larger than ${MAX_MESSAGE} bytes`, { cause });
  }
}

function watchMemory(limitMiB: number, exceeded: () => void): void {
  setInterval(() => {
    if (Deno.memoryUsage().rss > limitMiB * 1024 * 1024) exceeded();
  }, MEMORY_PERIOD_MS);
}

const [socket = "", files = "", memory = ""] = Deno.args;
using _parent = watchParent(() => Deno.exit(1));
const server = new Server(await Deno.connect({ transport: "unix", path: socket }));
try {
  watchMemory(Number(memory), () => server.end(memoryReason(Number(memory))));
  const pipe = openWasmPipe(await loadEngine(directoryCache(files)));
  await Promise.race([server.read(pipe.writable), server.write(pipe.readable)]);
} catch (error) {
  await server.end(error instanceof Error ? error.message : String(error));
}
Deno.exit(0);
