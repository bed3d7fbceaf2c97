/** The door for FFI: a session in a process that the core forks off this one. */

import { errnoName } from "./errno.ts";
import type { Library } from "./library.ts";
import { type Channel, SessionError } from "./session.ts";

const CHUNK_BYTES = 1 << 20;

/**
 * Starts a session through the library.
 *
 * Requests and frames are the agent's, so that both doors give the same results.
 *
 * @throws {SessionError} If no process can be made.
 */
export function openFfiChannel(library: Library): Channel {
  const pair = new Int32Array(2);
  const error = library.symbols.fencelab_open(pair);
  const [fd, pid] = [pair[0], pair[1]];
  if (error < 0 || fd === undefined || pid === undefined) {
    throw new SessionError(`Cannot start the local core: ${errnoName(-error)}`);
  }
  return new FfiChannel(library, fd, pid);
}

class FfiChannel implements Channel {
  readonly name = "the local core";
  readonly #library: Library;
  readonly #fd: number;
  readonly #pid: number;
  readonly #room = new Uint8Array(CHUNK_BYTES);
  #reading: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | null = null;

  constructor(library: Library, fd: number, pid: number) {
    this.#library = library;
    this.#fd = fd;
    this.#pid = pid;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#closed) return null;
    const reading = this.#library.symbols.fencelab_read(
      this.#fd,
      this.#room,
      BigInt(CHUNK_BYTES),
    );
    this.#reading = reading;
    const n = await reading;
    if (n < 0) throw new SessionError(`Lost the local core: ${errnoName(-n)}`);
    return n === 0 ? null : this.#room.slice(0, n);
  }

  // Requests are far smaller than a socket's buffer: this does not block
  // deno-lint-ignore require-await -- the interface is asynchronous for pipes
  async write(bytes: Uint8Array): Promise<void> {
    const error = this.#library.symbols.fencelab_write(
      this.#fd,
      bytes as Uint8Array<ArrayBuffer>,
      BigInt(bytes.length),
    );
    if (error < 0) throw new SessionError(`Lost the local core: ${errnoName(-error)}`);
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    const { fencelab_shutdown, fencelab_close } = this.#library.symbols;
    fencelab_shutdown(this.#fd);
    // The descriptor's number must not be given out again while a read still waits on it
    await this.#reading.catch(() => {});
    await fencelab_close(this.#fd, this.#pid);
  }
}
