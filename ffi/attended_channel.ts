/** A channel whose two ends notice when the other one falls silent. */

import { type Channel, SessionError } from "./channel.ts";

/** Heartbeats in the time after which silence counts as a loss. */
const BEATS = 5;

const HEARTBEAT = new Uint8Array([10]);

/**
 * Watches a channel.
 *
 * Silence is counted in ticks of a timer, not by the clock: a controller that was busy with
 * something else, or asleep, has not listened in that time and must not blame the other side.
 */
export class AttendedChannel implements Channel {
  readonly name: string;
  readonly #channel: Channel;
  readonly #seconds: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #beating = false;
  #sending = false;
  #silentTicks = 0;
  #giveUp: ((error: SessionError) => void) | null = null;

  /** @param seconds How long the other side may say nothing while something is expected of it. */
  constructor(channel: Channel, seconds: number) {
    this.name = channel.name;
    this.#channel = channel;
    this.#seconds = seconds;
    this.#timer = setInterval(() => this.#tick(), seconds * 1000 / BEATS);
    Deno.unrefTimer(this.#timer);
  }

  /** From now on the other side is sent heartbeats, which it answers. */
  beat(): void {
    this.#beating = true;
  }

  /** @throws {SessionError} After too long a silence; the channel is closed then. */
  async read(): Promise<Uint8Array | null> {
    const silence = Promise.withResolvers<never>();
    this.#silentTicks = 0;
    this.#giveUp = silence.reject;
    const reading = this.#channel.read();
    try {
      return await Promise.race([reading, silence.promise]);
    } finally {
      this.#giveUp = null;
      reading.catch(() => {}); // after a silence nobody waits for it any more
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#channel.write(bytes);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#channel.close();
  }

  #tick(): void {
    if (this.#beating && !this.#sending) {
      this.#sending = true;
      // What cannot be written is noticed by whoever reads
      this.#channel.write(HEARTBEAT).catch(() => {}).finally(() => this.#sending = false);
    }
    if (this.#giveUp === null || ++this.#silentTicks <= BEATS) return;
    this.#giveUp(
      new SessionError(
        `Lost ${this.name}: it has been silent for ${this.#seconds} s. ` +
          "Remedy: look whether it and the way to it are up and not overloaded, then run again",
      ),
    );
    // It may take its time to end a command that does not listen
    this.close().catch(() => {});
  }
}
