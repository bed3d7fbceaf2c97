import type { BytePipe } from "./byte_pipe.ts";
import { EngineError } from "./errors.ts";
import { frameMessage, MessageFramer } from "./message_framer.ts";
import { ProtobufError } from "../protobuf/proto_reader.ts";
import { decodeReply, encodeRequest, type Reply, type Request } from "./rpc_messages.ts";

/** Options of a question to a trace processor. */
export interface CallOptions {
  /**
   * Aborting closes the trace processor, since a running query cannot be stopped otherwise. The call
   * fails at once; what becomes of the engine is the pipe's concern.
   */
  readonly signal?: AbortSignal;
}

/** Questions and answers over a byte pipe, one at a time and in turn. */
export class Connection {
  readonly #pipe: BytePipe;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #framer = new MessageFramer();
  /** Messages that arrived and were not taken yet. */
  readonly #inbox: Uint8Array[] = [];
  #sequence = 0;
  /** Settled when the last call that queued up has its answer. */
  #lastTurn: Promise<void> = Promise.resolve();
  /** Why nothing can be asked any more. */
  #end: EngineError | undefined;

  constructor(pipe: BytePipe) {
    this.#pipe = pipe;
    this.#reader = pipe.readable.getReader();
    this.#writer = pipe.writable.getWriter();
  }

  /**
   * Asks what has one reply.
   *
   * @throws {EngineError} If the other side is dead, closed, or says nonsense.
   */
  async ask(request: Request, options: CallOptions = {}): Promise<Reply> {
    for await (const reply of this.stream(request, () => true, options)) return reply;
    throw new EngineError("Cannot ask the trace processor: it gave no reply");
  }

  /**
   * Asks what has several replies.
   *
   * Replies that are not taken are read and dropped before the next call has its turn.
   *
   * @param isLast Whether a reply is the last one.
   */
  async *stream(
    request: Request,
    isLast: (reply: Reply) => boolean,
    { signal }: CallOptions = {},
  ): AsyncGenerator<Reply, void> {
    const { promise: turnOver, resolve: endTurn } = Promise.withResolvers<void>();
    const before = this.#lastTurn;
    this.#lastTurn = turnOver;
    const abort = (): void => this.close();
    signal?.addEventListener("abort", abort, { once: true });
    let open = false;
    try {
      await before;
      signal?.throwIfAborted();
      await this.#send(request);
      open = true;
      while (open) {
        const reply = await this.#receive(request.method);
        open = !isLast(reply);
        yield reply;
      }
    } catch (cause) {
      open = false;
      signal?.throwIfAborted();
      throw cause;
    } finally {
      try {
        while (open) open = !isLast(await this.#receive(request.method));
      } finally {
        signal?.removeEventListener("abort", abort);
        endTurn();
      }
    }
  }

  /** Gives up the other side; calls under way fail at once. */
  close(): void {
    this.#fail(new EngineError("Cannot ask the trace processor: it has been closed"));
  }

  #fail(error: EngineError): EngineError {
    this.#end ??= error;
    this.#pipe.close();
    this.#reader.cancel().catch(() => {}); // an errored stream says again what #receive has said
    return this.#end;
  }

  async #send(request: Request): Promise<void> {
    if (this.#end) throw this.#end;
    try {
      await this.#writer.write(frameMessage(encodeRequest(request, this.#sequence++)));
    } catch (cause) {
      throw this.#fail(engineError(cause));
    }
  }

  async #receive(method: number): Promise<Reply> {
    try {
      while (this.#inbox.length === 0) {
        const { value, done } = await this.#reader.read();
        if (this.#end) throw this.#end;
        if (done) throw new EngineError("Trace processor closed the connection");
        this.#inbox.push(...this.#framer.push(value));
      }
      const reply = decodeReply(this.#inbox.shift()!);
      if (reply.fatalError !== undefined) {
        throw new EngineError(`Trace processor gave up: ${reply.fatalError}`);
      }
      if (reply.method !== method) {
        throw new EngineError(
          `Trace processor answered method ${reply.method}, asked was ${method}; ` +
            "is another program connected to it?",
        );
      }
      return reply;
    } catch (cause) {
      throw this.#fail(engineError(cause));
    }
  }
}

function engineError(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const what = cause instanceof ProtobufError
    ? "Trace processor sent nonsense"
    : "Trace processor failed";
  return new EngineError(`${what}: ${reason}`, { cause });
}
