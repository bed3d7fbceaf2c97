/**
 * A session with the core: requests out, frames in, whichever door they go through.
 */

import { AttendedChannel } from "./attended_channel.ts";
import { type Channel, SessionError } from "./channel.ts";
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
  ProtocolError,
  type WireHistogram,
} from "./frames.ts";
import { type Expectation, type Hello, readHello } from "./hello.ts";

export { type Channel, SessionError } from "./channel.ts";
export type { Hello } from "./hello.ts";

/** How a session begins. */
export interface SessionOptions extends Expectation {
  /**
   * Seconds, 1 to 3600, after which either side takes the other's silence for its end. Longer than
   * anything that keeps this process from its timers. Without it only a closed channel is an end.
   */
  readonly attendSeconds?: number;
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
  /** Told what a measurement has sampled so far, a few times per second. */
  readonly onHistogram?: (histogram: WireHistogram) => void;
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
  /** `bad-request`, `failed`, `busy`, `worker-died`, `claimed`. */
  readonly code: string;
  /** What the core itself said. */
  readonly detail: string;
  constructor(code: string, message: string, detail: string = message) {
    super(message);
    this.code = code;
    this.detail = detail;
  }
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
   * Waits for the first frame and checks who answers.
   *
   * @throws {SessionError} If the other side ends, stays silent, or is not what was expected; the
   * channel is closed then.
   * @throws {ProtocolError} If it sends no frames.
   */
  static async open(channel: Channel, options: SessionOptions = {}): Promise<Session> {
    const { attendSeconds } = options;
    const attended = attendSeconds ? new AttendedChannel(channel, attendSeconds) : null;
    const used = attended ?? channel;
    const reader = new FrameReader();
    const frames: Frame[] = [];
    try {
      const hello = readHello(channel.name, await nextFrame(used, reader, frames), options);
      const session = new Session(used, reader, frames, hello);
      if (attended) {
        attended.beat();
        await session.request("attend", { seconds: attendSeconds });
      }
      return session;
    } catch (error) {
      await used.close();
      throw error;
    }
  }

  /**
   * Claims the host for one run; the claim ends with the session, however that ends.
   *
   * @param owner Who it is for, at most 200 bytes of one line; shown to whoever comes second.
   * @param housekeeping CPUs for the supervisor of the measuring processes; `null` for any.
   * @throws {RequestError} With code `claimed` if another session has the host, naming its owner;
   * `failed` if the CPUs cannot be used.
   */
  async claim(owner: string, housekeeping: readonly number[] | null = null): Promise<void> {
    try {
      await this.request("claim", { owner, housekeeping: housekeeping ?? undefined });
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== "claimed") throw error;
      throw new RequestError(
        "claimed",
        `Cannot use ${this.#channel.name}: ${error.detail}, and only one run at a time can use ` +
          "it. Remedy: wait until that run has ended",
        error.detail,
      );
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
      const frame = await this.#next(failure);
      switch (frame.type) {
        case FrameType.histogram:
          // What a measurement has so far; the last one before a result is the result's
          histogram = frameHistogram(frame);
          options.onHistogram?.(histogram);
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
            error.message,
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

  /** The next frame; where there is none any more, the last error said why. */
  async #next(failure: RequestError | null): Promise<Frame> {
    try {
      return await nextFrame(this.#channel, this.#reader, this.#frames);
    } catch (cause) {
      if (failure === null || !(cause instanceof SessionError)) throw cause;
      throw new SessionError(`Lost ${this.#channel.name}: ${failure.detail}`, { cause });
    }
  }

  /** Ends the session and everything that it started. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#channel.close();
  }
}

/** The next frame that is not about the connection itself. */
async function nextFrame(channel: Channel, reader: FrameReader, frames: Frame[]): Promise<Frame> {
  for (;;) {
    const frame = frames.shift();
    if (frame?.type === FrameType.alive) continue;
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
