/** Lines before frames: the handshakes that come before an agent speaks. */

import { type Channel, SessionError } from "../../ffi/session.ts";

/** A line of a handshake is a few words; what is longer is something else. */
const LINE_MAX = 4096;

/** A channel of which lines are read first; what follows them is read as before. */
export class LineChannel implements Channel {
  readonly #channel: Channel;
  #pending: Uint8Array = new Uint8Array(0);

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  get name(): string {
    return this.#channel.name;
  }

  /**
   * The next line, without its end.
   *
   * @param deadlineMs How long to wait; the channel is closed when it passes.
   * @throws {SessionError} If the other side ends, is silent for too long, or sends no line.
   */
  async readLine(deadlineMs: number, signal?: AbortSignal): Promise<string> {
    return await this.#within(deadlineMs, "it said nothing", signal, () => this.#line());
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#pending.indexOf(0x0a);
      if (end >= 0) {
        const line = new TextDecoder("latin1").decode(this.#pending.subarray(0, end));
        this.#pending = this.#pending.subarray(end + 1);
        return line;
      }
      if (this.#pending.length > LINE_MAX) {
        throw new SessionError(`Cannot understand ${this.name}: it sends no lines`);
      }
      const chunk = await this.#channel.read();
      if (chunk === null) {
        throw new SessionError(`Lost ${this.name}: it ended before the agent had started`);
      }
      this.#pending = joined(this.#pending, chunk);
    }
  }

  /** Does something on the channel, and closes it when that takes too long. */
  async #within<T>(
    deadlineMs: number,
    what: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    let late = false;
    const close = (): void => void this.#channel.close().catch(() => {});
    const timer = setTimeout(() => {
      late = true;
      close();
    }, deadlineMs);
    signal?.addEventListener("abort", close, { once: true });
    try {
      const done = await work();
      signal?.throwIfAborted();
      return done;
    } catch (cause) {
      signal?.throwIfAborted();
      if (!late) throw cause;
      throw new SessionError(`Lost ${this.name}: ${what} for ${deadlineMs / 1000} s`, { cause });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", close);
    }
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#pending.length === 0) return await this.#channel.read();
    const pending = this.#pending;
    this.#pending = new Uint8Array(0);
    return pending;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#channel.write(bytes);
  }

  /**
   * Sends bytes to a side that may be stuck.
   *
   * @param deadlineMs How long it may take none; the channel is closed when it passes.
   * @throws {SessionError} If the other side has ended or takes nothing for too long.
   */
  async send(bytes: Uint8Array, deadlineMs: number, signal?: AbortSignal): Promise<void> {
    await this.#within(deadlineMs, "it took nothing", signal, () => this.write(bytes));
  }

  /** Sends a line; as {@linkcode LineChannel.send}. */
  async sendLine(line: string, deadlineMs: number, signal?: AbortSignal): Promise<void> {
    await this.send(new TextEncoder().encode(`${line}\n`), deadlineMs, signal);
  }

  async close(): Promise<void> {
    await this.#channel.close();
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
