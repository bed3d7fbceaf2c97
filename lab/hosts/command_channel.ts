/** The door for commands: an agent on the other side of a child process's pipes. */

import { type Channel, SessionError } from "../../ffi/session.ts";
import { OutputTail } from "./output_tail.ts";

/** How long a command may take to end after its input is closed, and then after SIGTERM, in ms. */
const END_MS = 3000;
const TERMINATE_MS = 1000;
/**
 * How long the output of a command that has ended is read on, in ms: a process that it left, such
 * as the master of shared ssh connections, may keep the pipe open.
 */
const AFTER_MS = 1000;

/**
 * Variables that every command gets. By itself srun passes output on line by line, and frames have
 * no lines; this is its option `--unbuffered`.
 */
const ENVIRONMENT = { SLURM_UNBUFFEREDIO: "1" } as const;

/**
 * Starts a command whose stdin and stdout are an agent's.
 *
 * Its standard error is kept for the message, should it end before its time.
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
      env: ENVIRONMENT,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
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
  readonly #stderr: OutputTail;
  #status: Deno.CommandStatus | null = null;
  #after: ReturnType<typeof setTimeout> | undefined;
  #closed: Promise<void> | null = null;

  constructor(name: string, child: Deno.ChildProcess) {
    this.name = name;
    this.#child = child;
    this.#reader = child.stdout.getReader();
    this.#writer = child.stdin.getWriter();
    this.#stderr = new OutputTail(child.stderr);
    child.status.then((status) => {
      this.#status = status;
      if (this.#closed === null) this.#after = setTimeout(() => this.#stopReading(), AFTER_MS);
    });
  }

  /** @throws {SessionError} If the command has ended although nobody closed the channel. */
  async read(): Promise<Uint8Array | null> {
    const { value, done } = await this.#reader.read();
    if (!done) return value;
    if (this.#closed !== null) return null;
    throw await this.#lost();
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#writer.write(bytes);
    } catch (cause) {
      throw await this.#lost(cause);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #lost(cause?: unknown): Promise<SessionError> {
    if (this.#closed !== null) {
      return new SessionError(`Lost ${this.name}: its channel is closed`, { cause });
    }
    // Its last words may come a moment after its output has ended
    const ended = Promise.all([this.#child.status, this.#stderr.ended]);
    await within(AFTER_MS, ended);
    const end = describeEnd({ status: this.#status, lines: this.#stderr.lines });
    return new SessionError(`Lost ${this.name}: ${end}`, { cause });
  }

  /** Closing stdin means abort to the agent; one that does not listen is killed. */
  async #end(): Promise<void> {
    clearTimeout(this.#after);
    // Not awaited: a command that does not read keeps a write, and so the closing, waiting
    this.#writer.close().catch(() => {});
    if (!await within(END_MS, this.#child.status)) {
      this.#kill("SIGTERM");
      if (!await within(TERMINATE_MS, this.#child.status)) this.#kill("SIGKILL");
      await this.#child.status;
    }
    clearTimeout(this.#after);
    await this.#stopReading();
    await this.#stderr.cancel();
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has just ended
    }
  }

  async #stopReading(): Promise<void> {
    await this.#reader.cancel().catch(() => {}); // it may have ended
  }
}

/** Waits for a promise, but not for longer than `ms`. @returns Whether it has settled. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), ms));
  return await Promise.race([promise.then(() => true), late]).finally(() => clearTimeout(timer));
}

/** How a command ended. */
interface CommandEnd {
  /** `null` when it still runs and has only closed its output. */
  readonly status: { readonly code: number; readonly signal: string | null } | null;
  /** The last lines that it wrote to its standard error, safe to print. */
  readonly lines: readonly string[];
}

/** What programs say that reach other machines, and what helps. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
    "its host key is another one than before: find out why, then correct ~/.ssh/known_hosts",
  ],
  [
    /Host key verification failed|No .* host key is known/,
    "run 'ssh' to that host once by hand, and check and accept its host key",
  ],
  [
    /Permission denied \(|Too many authentication failures/,
    "make your key known to that host (ssh-copy-id) or to your ssh-agent (ssh-add)",
  ],
  [
    /Could not resolve hostname|Name or service not known|no such host/,
    "correct the machine's name in the hosts file or in ~/.ssh/config",
  ],
  [
    /Connection (?:refused|timed out)|No route to host|Network is unreachable/,
    "look whether the machine is up and reachable from here",
  ],
  [
    /STEP \S+ ON \S+ CANCELLED AT|JOB \S+ ON \S+ CANCELLED AT/,
    "find out who ended the job ('scontrol show job', 'sacct'): somebody, or its time limit",
  ],
  [
    /srun: error/,
    "see 'sinfo' and 'squeue', and correct srun's options in the hosts file",
  ],
  [
    /^Error from server|error: unable to upgrade connection|container not found/m,
    "see 'kubectl get pods', and correct pod and container in the hosts file",
  ],
  [
    /command not found|executable file not found|: not found$/m,
    "install what is missing there, or correct the command in the hosts file",
  ],
];

/** "ended with exit status 255, saying 'Host key verification failed.'. Remedy: …" */
function describeEnd({ status, lines }: CommandEnd): string {
  const said = lines.length === 0 ? "" : `, saying '${lines.join(" | ")}'`;
  const text = lines.join("\n");
  const remedy = KNOWN.find(([pattern]) => pattern.test(text))?.[1] ??
    "run its command by hand to see more; 'deno task lab run --dry-run' shows it";
  return `${howEnded(status)}${said}. Remedy: ${remedy}`;
}

function howEnded(status: CommandEnd["status"]): string {
  if (status === null) return "it closed its output";
  if (status.signal !== null) return `its command was killed by ${status.signal}`;
  return `its command ended with exit status ${status.code}`;
}
