import { registerSqlModules } from "../../traces/sql/modules.ts";
import { TraceProcessor } from "../../traces/trace_processor/client.ts";
import { frameMessage, MessageFramer } from "../../traces/trace_processor/message_framer.ts";
import { engineProblem } from "../engine/engines.ts";
import { LOAD_LIMIT_MS, MAX_TRACE_BYTES } from "../engine/limits.ts";
import type { SocketPipe } from "../engine/socket_pipe.ts";
import { readTrace, traceSize } from "../engine/trace_stream.ts";
import type { TraceRef } from "../base/trace_ref.ts";
import { RpcTraffic } from "./rpc_traffic.ts";

/** Bytes that may wait for the engine. */
const MAX_QUEUED = 128 * 1024 * 1024;

/** Takes what the engine says. */
export interface UiClient {
  /** One message in its frame; settled when there is room for more. */
  send(frame: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** A client asked for more than there is room for. */
export class UiLimitError extends Error {
  override readonly name = "UiLimitError";
}

/**
 * The engine of the Perfetto UI: a byte pipe that is handed from client to client.
 *
 * Its replies go to the trace processor that loads the lab's trace first, then to the client. Whole
 * messages pass in either direction, so that a client that breaks off leaves no half a message.
 */
export class UiEngine {
  /** The lab's trace that was loaded; null: none. */
  readonly trace: TraceRef | null;
  readonly ended: Promise<void>;
  readonly #pipe: SocketPipe;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #traffic = new RpcTraffic();
  #queued = 0;
  #client: UiClient | null = null;

  private constructor(pipe: SocketPipe, trace: TraceRef | null) {
    this.#pipe = pipe;
    this.trace = trace;
    this.ended = pipe.ended;
    this.#writer = pipe.writable.getWriter();
  }

  /**
   * Starts an engine.
   *
   * @param trace What is loaded; null: nothing, the client brings its own.
   * @throws {Problem} If the trace cannot be loaded.
   */
  static async start(
    start: () => Promise<SocketPipe>,
    trace: TraceRef | null,
  ): Promise<UiEngine> {
    if (trace) traceSize(trace);
    try {
      const engine = new UiEngine(await start(), trace);
      await engine.#load();
      return engine;
    } catch (error) {
      throw engineProblem(error);
    }
  }

  /** What clients are told about the trace. */
  get traceName(): string {
    const { appended, replaced } = this.#traffic;
    if (replaced) return appended > 0 ? `a trace of ${appended} bytes` : "";
    return this.trace?.title ?? "";
  }

  /** Replies go to this client from now on. */
  attach(client: UiClient): void {
    this.#client = client;
  }

  /** The client is gone; an engine that still works for it ends, as its replies are nobody's. */
  detach(client: UiClient): void {
    if (this.#client !== client) return;
    this.#client = null;
    if (this.#traffic.outstanding > 0) this.close();
  }

  /**
   * Passes a request on.
   *
   * @throws {UiLimitError} If the trace becomes too large, or too much waits.
   */
  ask(message: Uint8Array): void {
    this.#traffic.asked(message);
    if (this.#traffic.appended > MAX_TRACE_BYTES) {
      throw new UiLimitError(`Traces may have ${MAX_TRACE_BYTES} bytes here`);
    }
    this.#queued += message.length;
    if (this.#queued > MAX_QUEUED) throw new UiLimitError("Too many requests wait for an answer");
    // An engine that ended is told by `ended`
    this.#writer.write(frameMessage(message)).catch(() => {}).finally(() => {
      this.#queued -= message.length;
    });
  }

  close(): void {
    this.#pipe.close();
  }

  async #load(): Promise<void> {
    const replies = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
    const readable = new ReadableStream<Uint8Array>({ start: replies.resolve });
    const writable = new WritableStream<Uint8Array>({
      write: (bytes) => this.#writer.write(bytes),
    });
    this.#relay(await replies.promise);
    const timer = setTimeout(() => this.close(), LOAD_LIMIT_MS);
    try {
      const pipe = { readable, writable, close: (): void => this.close() };
      // Never closed: that would end the engine
      const processor = await TraceProcessor.open(pipe);
      await registerSqlModules(processor);
      if (this.trace) await processor.load(readTrace(this.trace, () => {}));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Hands replies to whoever is there; before the first client that is the one that loads. */
  async #relay(loader: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const framer = new MessageFramer();
    try {
      for await (const bytes of this.#pipe.readable) {
        for (const message of framer.push(bytes)) {
          if (this.#client === null) {
            loader.enqueue(frameMessage(message));
            continue;
          }
          const reply = this.#traffic.answered(message, this.traceName);
          await this.#client.send(frameMessage(reply));
        }
      }
      loader.close();
    } catch (error) {
      loader.error(error);
    }
    this.close();
  }
}
