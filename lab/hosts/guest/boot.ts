/** Brings a guest up: restored if it was saved, else booted, on KVM where that really works. */

import { findProgram } from "../../../ffi/find_program.ts";
import { localArchitecture } from "../../../ffi/toolchain.ts";
import { HostError } from "../../format/host_error.ts";
import { type Attempt, StartedGuest } from "./attempt.ts";
import type { GuestSpec } from "./guest_name.ts";
import type { GuestKernel } from "./kernel.ts";
import { type Accelerator, MACHINES } from "./machine.ts";
import { brokenKvm, rememberBrokenKvm } from "./kvm.ts";
import {
  hasSnapshot,
  type Initramfs,
  prepareInitramfs,
  snapshotPath,
  trimSnapshots,
  writeWhole,
} from "./snapshots.ts";

/** How often a boot is tried: 6.12 on x86-64 crashes now and then under emulation. */
const TRIES = 3;

/** Until when the loader must have answered, in ms: boots take 2 s, restoring 0.5 s, on a quiet machine. */
const DEADLINE_MS = { restore: 8_000, tcg: 60_000, kvm: 10_000 } as const;

/** What a start needs. */
export interface BootOptions {
  /** Where saved guests and initial file systems are kept; it exists. */
  readonly directory: string;
  /** A directory for this start alone, removed by the caller. */
  readonly scratch: string;
  /** Path of the unix socket for QEMU's machine protocol. */
  readonly qmp: string;
  /** As {@linkcode qemuVersion} says. */
  readonly qemu: string;
  readonly kernel: GuestKernel;
  /** Path of the loader for the guest's architecture. */
  readonly loader: string;
  /** Boot even if a saved guest is there. */
  readonly fresh: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (label: string) => void;
}

/** What is known of a start; stands in run.json. */
export interface BootFacts {
  readonly qemu: string;
  readonly accelerator: Accelerator;
  readonly restored: boolean;
  /** Starts until one succeeded. */
  readonly tries: number;
}

/** A guest that waits for its agent. */
export interface BootedGuest {
  readonly guest: StartedGuest;
  readonly facts: BootFacts;
}

/**
 * Brings a guest up.
 *
 * @throws {HostError} If no start succeeded; the last one's console is quoted.
 */
export async function bootGuest(spec: GuestSpec, options: BootOptions): Promise<BootedGuest> {
  const { qemu } = options;
  const initramfs = await prepareInitramfs(
    options.directory,
    spec.arch,
    options.loader,
    options.kernel,
  );
  if (await useKvm(spec, options.directory)) {
    const booted = await bootOnKvm(spec, qemu, initramfs, options);
    if (booted) return booted;
  }
  const snapshot = await snapshotPath(options.directory, {
    spec,
    accelerator: "tcg",
    kernel: options.kernel,
    initramfs,
    qemuVersion: qemu,
  });
  if (options.fresh) await Deno.remove(snapshot).catch(() => {}); // there may be none
  const restored = await restore(spec, qemu, initramfs, snapshot, options);
  if (restored) return restored;
  const booted = await coldBoot(spec, qemu, initramfs, options);
  await save(booted.guest, snapshot, options);
  return booted;
}

/** Emulating another architecture is the rule; KVM runs only the machine's own. */
async function useKvm(spec: GuestSpec, directory: string): Promise<boolean> {
  if (spec.arch === localArchitecture()) {
    return spec.accelerator === "kvm" ||
      (spec.accelerator === null && !await brokenKvm(directory));
  }
  if (spec.accelerator !== "kvm") return false;
  throw new HostError(
    `Cannot use host '${spec.name}': KVM cannot run ${spec.arch} on ${localArchitecture()}. ` +
      "Remedy: leave accel=kvm out",
  );
}

function attemptOf(
  spec: GuestSpec,
  accelerator: Accelerator,
  initramfs: Initramfs,
  restore: string | null,
  options: BootOptions,
): Attempt {
  const { kernel, scratch, qmp, signal } = options;
  return {
    spec,
    accelerator,
    files: {
      kernel: kernel.image,
      initramfs: initramfs.path,
      console: `${scratch}/console.log`,
      qmp,
      restore,
    },
    deadlineMs: DEADLINE_MS[restore === null ? accelerator : "restore"],
    signal,
  };
}

/** KVM may be there and yet not work: only an answer of the loader counts. */
async function bootOnKvm(
  spec: GuestSpec,
  qemu: string,
  initramfs: Initramfs,
  options: BootOptions,
): Promise<BootedGuest | null> {
  options.onProgress(`booting ${spec.name} on KVM`);
  try {
    const guest = await StartedGuest.start(attemptOf(spec, "kvm", initramfs, null, options));
    return { guest, facts: { qemu, accelerator: "kvm", restored: false, tries: 1 } };
  } catch (error) {
    if (!(error instanceof HostError) || spec.accelerator === "kvm") throw error;
    await rememberBrokenKvm(options.directory);
    return null;
  }
}

async function restore(
  spec: GuestSpec,
  qemu: string,
  initramfs: Initramfs,
  snapshot: string,
  options: BootOptions,
): Promise<BootedGuest | null> {
  if (!await hasSnapshot(snapshot)) return null;
  options.onProgress(`restoring ${spec.name}`);
  try {
    const guest = await StartedGuest.start(attemptOf(spec, "tcg", initramfs, snapshot, options));
    return { guest, facts: { qemu, accelerator: "tcg", restored: true, tries: 1 } };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    // Whatever is wrong with it, a boot makes a new one
    await Deno.remove(snapshot).catch(() => {});
    return null;
  }
}

async function coldBoot(
  spec: GuestSpec,
  qemu: string,
  initramfs: Initramfs,
  options: BootOptions,
): Promise<BootedGuest> {
  for (let tries = 1;; tries++) {
    options.onProgress(`booting ${spec.name}${tries > 1 ? `, try ${tries} of ${TRIES}` : ""}`);
    try {
      const guest = await StartedGuest.start(attemptOf(spec, "tcg", initramfs, null, options));
      return { guest, facts: { qemu, accelerator: "tcg", restored: false, tries } };
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      if (tries < TRIES) continue;
      throw new HostError(
        `Cannot boot host '${spec.name}' in ${TRIES} tries: ${error.message}\nRemedy: if the machine ` +
          "was busy, try again when it is not; with a kernel of your own, boot it by hand first",
        { cause: error },
      );
    }
  }
}

/** Keeps the guest for the next time; a full disk costs only that. */
async function save(guest: StartedGuest, snapshot: string, options: BootOptions): Promise<void> {
  options.onProgress("saving the guest for the next time");
  try {
    await writeWhole(snapshot, (temporary) => guest.qmp.save(temporary, options.signal));
    await trimSnapshots(options.directory);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof HostError)) throw error;
    options.onProgress(`not saved: ${error.message}`);
  }
}

/**
 * The version of QEMU, such as "7.2.22".
 *
 * @throws {HostError} If QEMU for the guest's architecture is not there.
 */
export async function qemuVersion(spec: GuestSpec): Promise<string> {
  const { program, package: name } = MACHINES[spec.arch];
  if (findProgram(program, Deno.env.get("PATH") ?? "") === null) {
    throw new HostError(
      `Cannot use host '${spec.name}': '${program}' is not on PATH. Remedy: apt-get install ${name}`,
    );
  }
  const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
  const text = new TextDecoder().decode(stdout);
  const [, version] = /version (\d+\.\d+\.\d+)/.exec(text) ?? [];
  if (version !== undefined) return version;
  throw new HostError(
    `Cannot use host '${spec.name}': '${program} --version' says '${text.slice(0, 80)}'. ` +
      "Remedy: check that program",
  );
}
