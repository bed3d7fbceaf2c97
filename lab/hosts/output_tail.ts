/** The end of what a program writes to its standard error. */

import { printable } from "../text/printable.ts";

/** Bytes that are kept: a few lines, where the cause of a failure stands. */
const TAIL_BYTES = 4096;
/** Lines that {@linkcode OutputTail.lines} gives. */
const LINES = 4;

/** Reads a stream to its end and keeps the last of it. */
export class OutputTail {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  /** Settles when the stream has ended; never rejects. */
  readonly ended: Promise<void>;
  #kept: Uint8Array = new Uint8Array(0);

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.ended = this.#follow().catch(() => {}); // what cannot be read adds nothing
  }

  async #follow(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return;
      const all = new Uint8Array(this.#kept.length + value.length);
      all.set(this.#kept);
      all.set(value, this.#kept.length);
      this.#kept = all.slice(-TAIL_BYTES);
    }
  }

  /** The last lines that are not empty, safe to print. */
  get lines(): string[] {
    return new TextDecoder().decode(this.#kept).split(/[\r\n]+/)
      .filter((line) => line.trim() !== "").slice(-LINES).map(printable);
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel().catch(() => {}); // it may have ended
  }
}
