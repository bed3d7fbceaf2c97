/** Emulated hosts: a kernel, a loader and the agent in a QEMU on this machine. */

import { defined } from "../../format/defined.ts";
import { findBuild } from "../../../ffi/build.ts";
import { Session } from "../../../ffi/session.ts";
import type { UserSource } from "../../../ffi/user_source.ts";
import type { Guest } from "../../format/host_schema.ts";
import { Scratch } from "../../store/scratch.ts";
import { type Agent, offerAgent } from "../handshake.ts";
import type { Connection, LabHost, OpenOptions } from "../host.ts";
import { HostError } from "../../format/host_error.ts";
import { THIS_MACHINE } from "../local_host.ts";
import { guestCommand } from "./attempt.ts";
import {
  type BootedGuest,
  type BootFacts,
  bootGuest,
  type BootOptions,
  qemuVersion,
} from "./boot.ts";
import { CpuLocks } from "./cpu_locks.ts";
import type { GuestSpec } from "./guest_name.ts";
import { type PreparedKernel, prepareKernel } from "./kernel.ts";
import { MACHINES } from "./machine.ts";
import { sha256 } from "../../places/digest.ts";
import { assignCpus, ownCpus } from "./vcpus.ts";

/** Where guests keep things and take kernels from. */
export interface GuestContext {
  /** The cache of everything fetched and saved. */
  readonly cache: string;
  /** A Debian mirror instead of the system's. */
  readonly mirror?: string;
  /** Sets the sockets of guests apart that run at the same time; see {@linkcode qmpSocket}. */
  readonly slot: string;
  /** Seconds of silence after which a guest is lost; tests give fewer. */
  readonly silenceSeconds?: number;
  /** Techniques of the user's own. */
  readonly user?: readonly UserSource[];
}

/**
 * Path of the socket for QEMU's machine protocol.
 *
 * Deno grants unix sockets by exact path, so the launcher must know it before there is a process.
 *
 * @param slot Differs between guests that run at the same time.
 */
export function qmpSocket(cache: string, slot: string): string {
  return `${cache}/guests/qmp-${slot}.sock`;
}

/** After how long a silence either side takes the other for lost, in s: a busy machine emulates slowly. */
const SILENCE_SECONDS = 30;

/** Programs that start and pin a guest (util-linux). */
const GUEST_PROGRAMS = ["setpriv", "taskset"] as const;

/** Programs that fetch a kernel. */
export const KERNEL_PROGRAMS = ["apt-config", "apt-get", "apt-cache", "dpkg-deb", "tar"] as const;

/** An emulated host. */
export function guestHost(spec: GuestSpec, context: GuestContext): LabHost {
  return {
    name: spec.name,
    via: "qemu",
    transport: "agent",
    description: describe(spec),
    labels: {},
    occupies: { machine: THIS_MACHINE, cpus: spec.hostCpus },
    cpus: null,
    housekeeping: null,
    needs: {
      architectures: [spec.arch],
      anyArchitecture: false,
      programs: [
        ...GUEST_PROGRAMS,
        ...("path" in spec.kernel ? [] : KERNEL_PROGRAMS),
        MACHINES[spec.arch].program,
      ],
      reads: "path" in spec.kernel ? [spec.kernel.path] : ["/etc/apt", "/usr/share/keyrings"],
      sockets: [qmpSocket(context.cache, context.slot)],
      cache: true,
    },
    commands: () => Promise.resolve([commandOf(spec, context)]),
    open: (options = {}) => open(spec, context, options),
  };
}

function describe(spec: GuestSpec): string {
  const kernel = "path" in spec.kernel
    ? spec.kernel.path
    : `Debian's ${spec.kernel.version ?? spec.kernel.series} kernel` +
      ({ standard: "", rt: ", PREEMPT_RT", "64k": ", 64K pages" })[spec.kernel.flavour];
  return `emulated ${spec.arch}, ${spec.cpus} CPUs, ${kernel}`;
}

/** For people: what stands in angle brackets is known only once it is fetched or made. */
function commandOf(spec: GuestSpec, { cache, slot }: GuestContext): string[] {
  return guestCommand({
    spec,
    accelerator: spec.accelerator ?? "tcg",
    deadlineMs: 0,
    files: {
      kernel: "path" in spec.kernel ? spec.kernel.path : "<kernel>",
      initramfs: "<initramfs>",
      console: "<console.log>",
      qmp: qmpSocket(cache, slot),
      restore: null,
    },
  });
}

async function open(
  spec: GuestSpec,
  context: GuestContext,
  { signal = new AbortController().signal, onProgress = () => {}, onNotice, owner }: OpenOptions,
): Promise<Connection> {
  const build = await findBuild(spec.arch, context.user);
  if (!build) {
    throw new HostError(
      `Cannot use host '${spec.name}': the agent for ${spec.arch} is not built. ` +
        `Remedy: run 'deno task build ${spec.arch}'`,
    );
  }
  // Before a kernel is fetched that nothing could start
  const qemu = await qemuVersion(spec);
  const kernel = await prepareKernel(spec, {
    cache: `${context.cache}/kernels`,
    signal,
    onProgress: (_, label) => onProgress(label),
    ...defined({ mirror: context.mirror }),
  });
  if (kernel.problem !== null) {
    onNotice?.(`using ${kernel.package}, which may not be the newest: ${kernel.problem}`);
  }
  const bytes = await Deno.readFile(build.agent);
  const agent = { bytes, sha256: await sha256(bytes) };
  await using stack = new AsyncDisposableStack();
  const directory = `${context.cache}/guests`;
  const scratch = stack.use(await Scratch.open(directory, context.slot));
  stack.use(
    await CpuLocks.take(directory, {
      host: spec.name,
      owner: owner ?? `process ${Deno.pid}`,
      cpus: spec.hostCpus ?? await ownCpus(),
    }),
  );
  const qmp = qmpSocket(context.cache, context.slot);
  // A QEMU that is killed leaves it
  stack.defer(() => Deno.remove(qmp).catch(() => {}));
  const boot: BootOptions = {
    directory,
    scratch: scratch.path,
    qmp,
    qemu,
    kernel,
    loader: build.loader,
    fresh: false,
    signal,
    onProgress,
  };
  const silence = context.silenceSeconds ?? SILENCE_SECONDS;
  const { session, facts, guest } = await startAgent(spec, boot, agent, silence);
  stack.use(guest);
  const known = await guestFacts(spec, kernel, facts);
  const owned = stack.move();
  return {
    session,
    helper: "/proc/self/exe",
    knowledge: { emulated: facts.accelerator === "tcg" },
    guest: known,
    console: () => guest.consoleTail(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface StartedAgent extends BootedGuest {
  readonly session: Session;
}

/** Boots a guest and its agent. One that stops right after it was saved or restored is booted anew. */
async function startAgent(
  spec: GuestSpec,
  boot: BootOptions,
  agent: Agent,
  silenceSeconds: number,
): Promise<StartedAgent> {
  try {
    return await tryAgent(spec, boot, agent, silenceSeconds);
  } catch (error) {
    if (!(error instanceof LostAgent)) throw error;
    boot.onProgress(`${spec.name} did not take the agent`);
    return await tryAgent(spec, { ...boot, fresh: true }, agent, silenceSeconds);
  }
}

/** A guest came up, but its agent did not. */
class LostAgent extends HostError {}

async function tryAgent(
  spec: GuestSpec,
  boot: BootOptions,
  agent: Agent,
  attendSeconds: number,
): Promise<StartedAgent> {
  const booted = await bootGuest(spec, boot);
  const { signal, onProgress } = boot;
  onProgress(`starting the agent on ${spec.name}`);
  try {
    await offerAgent(booted.guest.channel, agent, signal);
    const session = await Session.open(booted.guest.channel, { attendSeconds });
    return { ...booted, session };
  } catch (cause) {
    const console = await booted.guest.consoleTail();
    await booted.guest[Symbol.asyncDispose]();
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LostAgent(
      `Cannot use host '${spec.name}': its agent did not start: ${why}.${console}`,
      { cause },
    );
  }
}

async function guestFacts(
  spec: GuestSpec,
  kernel: PreparedKernel,
  facts: BootFacts,
): Promise<Guest> {
  const { machine, cpuModel } = MACHINES[spec.arch];
  return {
    ...facts,
    machine,
    cpuModel: spec.cpuModel ?? (facts.accelerator === "kvm" ? "host" : cpuModel),
    memoryMb: spec.memoryMb,
    hostCpus: assignCpus(spec.cpus, spec.hostCpus ?? await ownCpus()),
    kernelPackage: kernel.package,
    kernelProblem: kernel.problem,
    kernelSha256: kernel.sha256,
  };
}
