/**
 * A session with the core: requests out, frames in, whichever door they go through.
 */

import {
  type FilePiece,
  type Frame,
  frameFile,
  frameHistogram,
  frameJson,
  frameOutput,
  FrameReader,
  FrameType,
  type OutputPiece,
  PROTOCOL_VERSION,
  ProtocolError,
  type WireHistogram,
} from "./frames.ts";

/** Bytes both ways between controller and core: an FFI handle or a child process's pipes. */
export interface Channel {
  /** What is at the other end, for messages: "the local core", "the agent of host 'p9'". */
  readonly name: string;
  /** The next chunk; `null` when the other side has ended. */
  read(): Promise<Uint8Array | null>;
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the other side and frees everything; safe to call twice. */
  close(): Promise<void>;
}

/** The first frame of a session. */
export interface Hello {
  readonly protocol: number;
  readonly version: string;
  readonly build: string;
  readonly arch: string;
  readonly kernel: string;
  readonly door: "ffi" | "agent";
}

/** A request's parameters; lists become comma-separated. */
export type RequestParameters = Readonly<
  Record<string, string | number | readonly number[] | undefined>
>;

/** How a request may be accompanied. */
export interface RequestOptions {
  /** Cancels the request: its worker is killed at once. */
  readonly signal?: AbortSignal;
  /** Told how far the request is, 0 to 1, a few times per second. */
  readonly onProgress?: (fraction: number) => void;
  /** Given the pieces of files that come with the reply; a request without it must bring none. */
  readonly onFile?: (piece: FilePiece) => Promise<void> | void;
  /** Given what a traced program writes. */
  readonly onOutput?: (piece: OutputPiece) => void;
}

/** One result of a request, with the histogram that came with it. */
export interface Reply {
  readonly result: Record<string, unknown>;
  readonly histogram: WireHistogram | null;
}

/** The core could not carry out a request. `code` is stable, the message is for people. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** `bad-request`, `failed`, `busy`, `worker-died`. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The core ended, or cannot be talked to. */
export class SessionError extends Error {
  override readonly name = "SessionError";
}

/** An open session; one request at a time. */
export class Session implements AsyncDisposable {
  readonly hello: Hello;
  readonly #channel: Channel;
  readonly #reader: FrameReader;
  readonly #frames: Frame[];

  private constructor(channel: Channel, reader: FrameReader, frames: Frame[], hello: Hello) {
    this.#channel = channel;
    this.#reader = reader;
    this.#frames = frames;
    this.hello = hello;
  }

  /**
   * Waits for the first frame and checks that both sides speak the same protocol.
   *
   * @throws {SessionError} If the other side ends or speaks another protocol; the channel is closed then.
   * @throws {ProtocolError} If it sends no frames.
   */
  static async open(channel: Channel): Promise<Session> {
    const reader = new FrameReader();
    const frames: Frame[] = [];
    try {
      const first = await nextFrame(channel, reader, frames);
      const hello = frameJson(first) as Hello;
      if (first.type !== FrameType.hello || hello.protocol !== PROTOCOL_VERSION) {
        throw new SessionError(
          `Cannot talk to ${channel.name}: it speaks protocol ${hello.protocol}, expected ${PROTOCOL_VERSION}. ` +
            "Remedy: rebuild it with 'deno task build'",
        );
      }
      return new Session(channel, reader, frames, hello);
    } catch (error) {
      await channel.close();
      throw error;
    }
  }

  /**
   * Sends a request and collects its results.
   *
   * @throws {RequestError} If the core refuses or the worker dies.
   * @throws {SessionError} If the core ends.
   * @throws {DOMException} `AbortError` if the signal aborts; the session stays usable.
   */
  async request(
    kind: string,
    parameters: RequestParameters = {},
    options: RequestOptions = {},
  ): Promise<Reply[]> {
    options.signal?.throwIfAborted();
    const cancel = (): void => {
      // A failed write means that the session has ended, which the loop below notices by itself
      this.#channel.write(encode({ cancel: 1 })).catch(() => {});
    };
    options.signal?.addEventListener("abort", cancel, { once: true });
    try {
      await this.#channel.write(encode({ request: kind, ...parameters }));
      return await this.#collect(kind, options);
    } finally {
      options.signal?.removeEventListener("abort", cancel);
    }
  }

  async #collect(kind: string, options: RequestOptions): Promise<Reply[]> {
    const replies: Reply[] = [];
    let histogram: WireHistogram | null = null;
    let failure: RequestError | null = null;
    for (;;) {
      const frame = await nextFrame(this.#channel, this.#reader, this.#frames);
      switch (frame.type) {
        case FrameType.histogram:
          histogram = frameHistogram(frame);
          break;
        case FrameType.result:
          replies.push({ result: frameJson(frame) as Record<string, unknown>, histogram });
          histogram = null;
          break;
        case FrameType.progress:
          options.onProgress?.((frameJson(frame) as { fraction: number }).fraction);
          break;
        case FrameType.file:
          if (!options.onFile) throw new ProtocolError(`Cannot take a file with '${kind}'`);
          await options.onFile(frameFile(frame));
          break;
        case FrameType.output:
          options.onOutput?.(frameOutput(frame));
          break;
        case FrameType.error: {
          const error = frameJson(frame) as { code: string; message: string };
          failure ??= new RequestError(
            error.code,
            `Cannot run '${kind}' on ${this.#channel.name}: ${error.message}`,
          );
          break;
        }
        case FrameType.done:
          options.signal?.throwIfAborted();
          if (failure) throw failure;
          return replies;
        default:
          throw new ProtocolError(
            `Cannot read the reply to '${kind}': frame type ${frame.type} is not known`,
          );
      }
    }
  }

  /** Ends the session and everything that it started. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#channel.close();
  }
}

async function nextFrame(channel: Channel, reader: FrameReader, frames: Frame[]): Promise<Frame> {
  for (;;) {
    const frame = frames.shift();
    if (frame) return frame;
    const chunk = await channel.read();
    if (chunk === null) {
      reader.end();
      throw new SessionError(`Lost ${channel.name}: it ended before its answer was complete`);
    }
    frames.push(...reader.push(chunk));
  }
}

/** Encodes one record: `key=value` lines and an empty line. */
function encode(parameters: RequestParameters): Uint8Array {
  let text = "";
  for (const [key, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    const line = String(value); // an array of numbers becomes "0,3,5"
    // deno-lint-ignore no-control-regex -- control characters are what must not get in
    if (/[\x00-\x1f\x7f]/.test(line)) {
      throw new TypeError(
        `Cannot send ${key}=${JSON.stringify(line)}: it holds a control character`,
      );
    }
    text += `${key}=${line}\n`;
  }
  return new TextEncoder().encode(`${text}\n`);
}
