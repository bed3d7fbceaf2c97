/** One start of a guest: QEMU, its console, and the loader's greeting. */

import { openCommandChannel } from "../command_channel.ts";
import { HostError } from "../../format/host_error.ts";
import { LineChannel } from "../line_channel.ts";
import { GREETING } from "../handshake.ts";
import type { GuestSpec } from "./guest_name.ts";
import { type Accelerator, MACHINES, qemuArguments, type QemuFiles } from "./machine.ts";
import { Qmp } from "./qmp.ts";
import { ownCpus, pinThreads } from "./vcpus.ts";

/** How long QEMU may take to answer that it ends, in ms; after that it is killed. */
const QUIT_MS = 2000;

/** Lines of the console that an error shows. */
const CONSOLE_LINES = 25;

/** What one start is made of. */
export interface Attempt {
  readonly spec: GuestSpec;
  readonly accelerator: Accelerator;
  readonly files: QemuFiles;
  /** Until when the loader must have answered, in ms. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** The words that start a guest. The kernel ends QEMU when its parent dies, however it dies. */
export function guestCommand({ spec, accelerator, files }: Omit<Attempt, "signal">): string[] {
  const program = MACHINES[spec.arch].program;
  return ["setpriv", "--pdeathsig", "KILL", program, ...qemuArguments(spec, accelerator, files)];
}

/** A guest whose loader waits for the agent. */
export class StartedGuest implements AsyncDisposable {
  readonly channel: LineChannel;
  readonly qmp: Qmp;
  readonly #console: string;

  private constructor(channel: LineChannel, qmp: Qmp, console: string) {
    this.channel = channel;
    this.qmp = qmp;
    this.#console = console;
  }

  /** The end of its console as a sentence, for an error. */
  async consoleTail(): Promise<string> {
    return await consoleTail(this.#console);
  }

  /**
   * Starts QEMU and waits for the loader.
   *
   * @throws {HostError} If it ends or does not answer in time, with the end of its console.
   */
  static async start(attempt: Attempt): Promise<StartedGuest> {
    const { spec, files, signal, deadlineMs } = attempt;
    const name = `the guest '${spec.name}'`;
    const until = performance.now() + deadlineMs;
    const channel = new LineChannel(openCommandChannel(name, guestCommand(attempt)));
    let qmp: Qmp | null = null;
    const failed = new AbortController();
    try {
      // QEMU that ends at once would otherwise be noticed only when its socket never comes
      const greeting = ask(channel, deadlineMs, signal);
      greeting.catch(() => {}); // it is awaited below, or the connection failed for the same reason
      const connecting = Qmp.connect(files.qmp, AbortSignal.any([signal, failed.signal]));
      qmp = await Promise.race([connecting, failureOf(greeting)]);
      await pinThreads(await qmp.cpuThreads(), spec.hostCpus ?? await ownCpus());
      if (files.restore !== null) await Promise.race([qmp.running(signal), failureOf(greeting)]);
      checkGreeting(await greeting, spec);
      return new StartedGuest(channel, qmp, files.console);
    } catch (cause) {
      failed.abort();
      await quit(channel, qmp);
      signal.throwIfAborted();
      const why = cause instanceof Error ? cause.message : String(cause);
      const late = performance.now() > until ? ` It was given ${deadlineMs / 1000} s.` : "";
      throw new HostError(`${why}.${late}${await consoleTail(files.console)}`, { cause });
    }
  }

  /** Ends QEMU. What is in the guest has no worth any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await quit(this.channel, this.qmp);
  }
}

async function quit(channel: LineChannel, qmp: Qmp | null): Promise<void> {
  // It may have ended, or be about to: the channel's end is what counts
  await qmp?.execute("quit", {}, QUIT_MS).catch(() => {});
  qmp?.[Symbol.dispose]();
  await channel.close();
}

/** Asks until the loader is there: QEMU keeps the question until the guest opens its port. */
async function ask(
  channel: LineChannel,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<string> {
  await channel.sendLine(`ask ${Math.floor(Date.now() / 1000)}`, deadlineMs, signal);
  return await channel.readLine(deadlineMs, signal);
}

/** Rejects as `promise` does, and otherwise never settles. */
function failureOf(promise: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => promise.catch(reject));
}

function checkGreeting(line: string, spec: GuestSpec): void {
  if (line !== `${GREETING} ${spec.arch}`) {
    throw new HostError(`Cannot use the guest '${spec.name}': its loader says '${line}'`);
  }
}

async function consoleTail(path: string): Promise<string> {
  const text = await Deno.readTextFile(path).catch(() => "");
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "").slice(-CONSOLE_LINES);
  return lines.length === 0
    ? " Its console stayed empty"
    : ` Its console ends with:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
