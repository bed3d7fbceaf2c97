/** Brings the agent to a machine over the pipe that a session will go through, and starts it. */

import { type Channel, SessionError } from "../../../ffi/session.ts";
import { printable } from "../../text/printable.ts";
import { type Agent, GREETING, offerAgent } from "../handshake.ts";
import { LineChannel } from "../line_channel.ts";

/** What login scripts and banners may print before the other side's greeting, in bytes. */
const NOISE_BYTES = 64 * 1024;

/** How an agent is pushed. */
export interface PushOptions<A extends Agent> {
  /** What makes the other side greet: a script for its shell. */
  readonly first: Uint8Array;
  /** The agent for what `uname -m` says there. @throws If there is none. */
  readonly agentFor: (machine: string) => Promise<A>;
  /** How long the greeting may take, in ms. */
  readonly connectMs: number;
  readonly signal?: AbortSignal;
  /** Told the share of the agent that has been sent. */
  readonly onProgress?: (fraction: number) => void;
}

/** A machine on which the agent has been started. */
export interface Pushed<A extends Agent> {
  /** At the agent's first frame. */
  readonly channel: Channel;
  readonly agent: A;
  /** What `uname -m` says there. */
  readonly machine: string;
  /** Whether the agent had to be sent: it was not kept there. */
  readonly sent: boolean;
  /** Whether its digest was compared there; not where no program computes SHA-256. */
  readonly verified: boolean;
}

/**
 * Starts the agent behind a channel whose other end is a shell.
 *
 * Deadlines and refusals name the stage. The channel is not closed when this fails; that is for
 * whoever has opened it.
 *
 * @throws {SessionError} If the other side ends, is late, or refuses.
 */
export async function pushAgent<A extends Agent>(
  channel: Channel,
  options: PushOptions<A>,
): Promise<Pushed<A>> {
  const { agentFor, signal, onProgress } = options;
  const lines = new LineChannel(channel);
  const { machine, verified } = await greet(lines, options);
  const agent = await agentFor(machine);
  const sent = await offerAgent(lines, agent, signal, onProgress);
  return { channel: lines, agent, machine, sent, verified };
}

interface Greeting {
  readonly machine: string;
  readonly verified: boolean;
}

async function greet(lines: LineChannel, options: PushOptions<Agent>): Promise<Greeting> {
  const { first, connectMs, signal } = options;
  const until = performance.now() + connectMs;
  let noise = 0;
  let last = "";
  try {
    await lines.write(first).catch((cause: unknown) => {
      // A command that has ended already may have said why: that is still to be read
      if (!(cause instanceof SessionError)) throw cause;
    });
    for (;;) {
      const line = await lines.readLine(Math.max(1, until - performance.now()), signal);
      const greeting = parseGreeting(lines.name, line);
      if (greeting !== null) return greeting;
      last = line.trim() || last;
      noise += line.length + 1;
      if (noise > NOISE_BYTES) throw notAShell(lines.name);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (!(cause instanceof SessionError)) throw cause;
    const heard = last === "" ? "" : `. The last that it printed is '${printable(last)}'`;
    if (performance.now() < until) {
      throw heard === "" ? cause : new SessionError(`${cause.message}${heard}`, { cause });
    }
    throw new SessionError(
      `Cannot reach ${lines.name}: no shell has answered within ${connectMs / 1000} s. Remedy: ` +
        `run its command by hand, or raise connectSeconds in the hosts file${heard}`,
      { cause },
    );
  }
}

/** What a line greets with; `null` if it is none. */
function parseGreeting(name: string, line: string): Greeting | null {
  const text = line.replace(/\r+$/, "");
  if (!text.startsWith(`${GREETING} `)) return null;
  if (text !== line) {
    throw new SessionError(
      `Cannot use ${name}: its command gives a terminal instead of a pipe, which would change ` +
        "bytes. Remedy: take '-t', '--tty' or '--pty' out of it",
    );
  }
  const [, machine, unverified] = /^(\S+)( unverified)?$/.exec(text.slice(GREETING.length + 1)) ??
    [];
  return machine === undefined ? null : { machine, verified: unverified === undefined };
}

function notAShell(name: string): SessionError {
  return new SessionError(
    `Cannot understand ${name}: it printed more than ${NOISE_BYTES / 1024} KiB and no greeting. ` +
      "Remedy: its command must run what is put after it, and print nothing else",
  );
}
