/** The door for commands: an agent on the other side of a child process's pipes. */

import { type Channel, SessionError } from "../../ffi/session.ts";

/** How long an agent may take to end after its input is closed, in ms. */
const END_MS = 3000;

/**
 * Starts a command whose stdin and stdout are an agent's.
 *
 * @param command Program and arguments: the agent itself, or `ssh HOST …` and the like.
 * @throws {SessionError} If the program cannot be started.
 */
export function openCommandChannel(name: string, command: readonly string[]): Channel {
  const [program, ...args] = command;
  if (program === undefined) throw new SessionError(`Cannot reach ${name}: its command is empty`);
  try {
    const child = new Deno.Command(program, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    return new CommandChannel(name, child);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SessionError(
      `Cannot reach ${name}: '${program}' cannot be started (${why}). ` +
        "Remedy: check that the program exists and may be executed",
      { cause },
    );
  }
}

class CommandChannel implements Channel {
  readonly name: string;
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #closed: Promise<void> | null = null;

  constructor(name: string, child: Deno.ChildProcess) {
    this.name = name;
    this.#child = child;
    this.#reader = child.stdout.getReader();
    this.#writer = child.stdin.getWriter();
  }

  async read(): Promise<Uint8Array | null> {
    const { value, done } = await this.#reader.read();
    return done ? null : value;
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#writer.write(bytes);
    } catch (cause) {
      throw new SessionError(`Lost ${this.name}: its input is closed`, { cause });
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  /** Closing stdin means abort to the agent; one that does not listen is killed. */
  async #end(): Promise<void> {
    await this.#writer.close().catch(() => {}); // it may have ended before us
    const late = setTimeout(() => this.#child.kill("SIGKILL"), END_MS);
    await this.#child.status;
    clearTimeout(late);
    await this.#reader.cancel().catch(() => {}); // likewise
  }
}
