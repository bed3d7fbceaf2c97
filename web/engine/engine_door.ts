import { EngineError } from "../../traces/trace_processor/errors.ts";
import { type SocketPipe, socketPipe } from "./socket_pipe.ts";
import { launcherReplies, tellLauncher } from "../base/launcher_protocol.ts";
import { socketIn } from "./socket_directory.ts";

/** How long an engine may take to appear, in ms: its files may have to be fetched first. */
const START_LIMIT_MS = 300_000;

/** An engine that was asked for and has not appeared yet. */
interface Start {
  readonly number: number;
  readonly resolve: (pipe: SocketPipe) => void;
  readonly reject: (error: EngineError) => void;
}

/**
 * Where engines connect: a unix socket in a directory that only this user can enter.
 *
 * All engines are alike when they start, and they are asked for one after the other, so that whoever
 * connects is the one that was asked for.
 */
export class EngineDoor implements Disposable {
  readonly #listener: Deno.UnixListener;
  readonly #ask: (number: number) => void;
  #numbers = 0;
  #start: Start | null = null;
  /** Settled when the engine that was asked for last has appeared or failed. */
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param path The socket; made here, removed by whoever made its directory.
   * @param ask Asks for an engine to be started; the number comes back in {@linkcode failed}.
   */
  constructor(path: string, ask: (number: number) => void) {
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#ask = ask;
    this.#accept();
  }

  /**
   * A fresh engine without a trace.
   *
   * @throws {EngineError} If it could not be started.
   */
  async start(): Promise<SocketPipe> {
    const before = this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<SocketPipe>();
    this.#last = promise.catch(() => {});
    await before;
    const number = ++this.#numbers;
    this.#start = { number, resolve, reject };
    const timer = setTimeout(
      () => this.failed(number, `it did not start within ${START_LIMIT_MS / 1000} s`),
      START_LIMIT_MS,
    );
    this.#ask(number);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      if (this.#start?.number === number) this.#start = null;
    }
  }

  /** An engine could not be started, or has ended: of interest only if it has not appeared yet. */
  failed(number: number, reason: string): void {
    if (this.#start?.number !== number) return;
    this.#start.reject(new EngineError(`Cannot start the trace processor: ${reason}`));
  }

  /** No engine can connect any more. */
  [Symbol.dispose](): void {
    this.#listener.close();
    if (this.#start) this.failed(this.#start.number, "the server ends");
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      const start = this.#start;
      this.#start = null;
      // One that nobody waits for any more is sent away, which ends it
      if (start === null) connection.close();
      else start.resolve(socketPipe(connection));
    }
  }
}

/** The door for engines that the launcher starts; see launcher_engines.ts. */
export class LaunchedDoor implements Disposable {
  readonly #directory: string;
  readonly #door: EngineDoor;

  /** @param directory The directory of the socket. */
  constructor(directory: string) {
    this.#directory = directory;
    this.#door = new EngineDoor(
      socketIn(directory),
      (number) => tellLauncher({ kind: "engine", number }),
    );
    this.#listen();
  }

  get start(): EngineDoor["start"] {
    return () => this.#door.start();
  }

  /** Removes the directory as well: a launcher that was killed cannot. */
  [Symbol.dispose](): void {
    this.#door[Symbol.dispose]();
    try {
      Deno.removeSync(this.#directory, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #listen(): Promise<void> {
    for await (const { number, reason } of launcherReplies()) this.#door.failed(number, reason);
  }
}
