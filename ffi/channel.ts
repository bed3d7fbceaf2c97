/** What a session goes through: bytes both ways, and the error of their end. */

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

/** The core ended, or cannot be talked to. */
export class SessionError extends Error {
  override readonly name = "SessionError";
}
