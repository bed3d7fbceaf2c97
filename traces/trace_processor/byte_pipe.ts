/**
 * A two-way pipe of bytes to a trace_processor, wherever it runs.
 *
 * Bytes may be split and merged on their way; {@linkcode MessageFramer} finds the messages again.
 */
export interface BytePipe {
  /** What trace_processor says; errors when it dies, ends when it closes. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What is said to it. */
  readonly writable: WritableStream<Uint8Array>;
  /** Ends the other side, as far as it can be interrupted. Closing twice is harmless. */
  close(): void;
}
