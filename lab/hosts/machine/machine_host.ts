/** Hosts that are reached by a command: ssh, srun, kubectl exec, or whatever runs a shell there. */

import { defined } from "../../format/defined.ts";
import { sha256 } from "../../places/digest.ts";
import type { Architecture } from "../../../ffi/toolchain.ts";
import { findBuild } from "../../../ffi/build.ts";
import { Session } from "../../../ffi/session.ts";
import { ARCHITECTURES, toolchainFor } from "../../../ffi/toolchain.ts";
import type { UserSource } from "../../../ffi/user_source.ts";
import { normaliseArch } from "../../environment/arch.ts";
import { parseCpuList } from "../../text/cpu_list.ts";
import { printable } from "../../text/printable.ts";
import { openCommandChannel } from "../command_channel.ts";
import type { Agent } from "../handshake.ts";
import type { Connection, LabHost, OpenOptions } from "../host.ts";
import { HostError } from "../../format/host_error.ts";
import type { MachineEntry } from "./hosts_file.ts";
import { pushAgent } from "./push.ts";
import { pushScript } from "./push_script.ts";

/** An agent with what its greeting must say. */
interface BuiltAgent extends Agent {
  readonly arch: Architecture;
  readonly build: string;
}

/** How a machine's agent is found; tests give others. */
export type AgentSource = (arch: Architecture) => Promise<BuiltAgent | null>;

/** A machine of a hosts file as a host. */
export function machineHost(entry: MachineEntry, source: AgentSource = builtAgents()): LabHost {
  const { name, command, labels = {} } = entry;
  const arch = entry.arch === undefined ? null : normaliseArch(entry.arch);
  const cpus = entry.cpus === undefined ? null : parseCpuList(entry.cpus);
  const housekeeping = entry.housekeeping === undefined ? null : parseCpuList(entry.housekeeping);
  return {
    name,
    via: "command",
    transport: "agent",
    description: printable(`reached by '${command.join(" ")}'`),
    labels,
    occupies: {
      machine: entry.machine ?? `host ${name}`,
      cpus: cpus === null ? null : [...cpus, ...housekeeping ?? []],
    },
    cpus,
    housekeeping,
    needs: {
      architectures: arch === null ? [] : [arch],
      anyArchitecture: arch === null,
      programs: [command[0]!],
      reads: [],
      sockets: [],
      cache: false,
    },
    commands: () => Promise.resolve([shellCommand(entry)]),
    open: (options = {}) => open(entry, arch, source, options),
  };
}

/**
 * The words that are run. The last is the shell's: ssh joins its arguments by blanks for a shell
 * there, while srun and kubectl pass them on as they are, and a single word is the same to both.
 */
function shellCommand({ command }: MachineEntry): string[] {
  return [...command, "sh"];
}

async function open(
  entry: MachineEntry,
  expected: Architecture | null,
  source: AgentSource,
  { signal, onProgress = () => {} }: OpenOptions,
): Promise<Connection> {
  signal?.throwIfAborted();
  onProgress(`connecting to ${entry.name}`);
  const channel = openCommandChannel(`host '${entry.name}'`, shellCommand(entry));
  const close = (): void => void channel.close();
  signal?.addEventListener("abort", close, { once: true });
  try {
    const { channel: pushed, agent, verified } = await pushAgent(channel, {
      first: pushScript(entry.agentDir ?? null),
      connectMs: entry.connectSeconds * 1000,
      agentFor: (machine) => agentFor(entry.name, machine, expected, source),
      onProgress: (fraction) =>
        onProgress(`sending the agent to ${entry.name}: ${Math.round(fraction * 100)} %`),
      ...defined({ signal }),
    });
    if (!verified) onProgress(`${entry.name} has no program that could check the agent's digest`);
    const session = await Session.open(pushed, {
      attendSeconds: entry.silenceSeconds,
      expectArch: agent.arch,
      expectBuild: agent.build,
    });
    return {
      session,
      // The file may be gone: another lab's newer agents push out older ones
      helper: "/proc/self/exe",
      knowledge: {},
      guest: null,
      console: null,
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  } catch (error) {
    await channel.close();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", close);
  }
}

/** The agent for what a machine says that it is. @throws {HostError} If there is none. */
async function agentFor(
  name: string,
  machine: string,
  expected: Architecture | null,
  source: AgentSource,
): Promise<BuiltAgent> {
  const arch = normaliseArch(machine);
  if (arch === null) {
    throw new HostError(
      `Cannot use host '${name}': there is no agent for its architecture '${
        printable(machine)
      }'. ` +
        `Remedy: use a machine that is ${ARCHITECTURES.join(", ")}`,
    );
  }
  if (expected !== null && arch !== expected) {
    throw new HostError(
      `Cannot use host '${name}': it is ${arch}, its hosts file says ${expected}. Remedy: correct ` +
        '"arch" in the hosts file, or leave it out',
    );
  }
  const agent = await source(arch);
  if (agent === null) {
    throw new HostError(
      `Cannot use host '${name}': the agent for ${arch} is not built. Remedy: apt-get install ` +
        `${toolchainFor(arch).packages}, then deno task build`,
    );
  }
  checkProgram(name, arch, agent.bytes);
  return agent;
}

/** ELF header: magic, and `e_machine` at byte 18, little-endian on all three (elf(5)). */
const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46] as const;
const ELF_MACHINE: Readonly<Record<Architecture, number>> = {
  x86_64: 62,
  aarch64: 183,
  ppc64le: 21,
};

/** Some shells run what is no program for their machine as a script, so it must not get there. */
function checkProgram(name: string, arch: Architecture, bytes: Uint8Array): void {
  const machine = bytes.length > 20 && ELF_MAGIC.every((byte, at) => bytes[at] === byte)
    ? bytes[18]! | bytes[19]! << 8
    : null;
  if (machine === ELF_MACHINE[arch]) return;
  const other = ARCHITECTURES.find((one) => ELF_MACHINE[one] === machine);
  throw new HostError(
    `Cannot use host '${name}': it is ${arch}, and the agent for it is ` +
      (other === undefined ? "no program that fencelab knows" : `a program for ${other}`) +
      ". Remedy: remove the folder 'build' and run 'deno task build'",
  );
}

/** The agents of this fencelab, with techniques of the user's own. */
export function builtAgents(user: readonly UserSource[] = []): AgentSource {
  return async (arch) => {
    const build = await findBuild(arch, user);
    if (build === null) return null;
    const bytes = await Deno.readFile(build.agent);
    return { arch, build: build.id, bytes, sha256: await sha256(bytes) };
  };
}
