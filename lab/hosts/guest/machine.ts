/**
 * QEMU machines: what is started for a guest, as data per architecture.
 *
 * Each line was tried with QEMU 7.2; why an option stands there is said beside it.
 */

import type { Architecture } from "../../../ffi/toolchain.ts";
import type { GuestSpec } from "./guest_name.ts";

/** How a guest's instructions are carried out. */
export type Accelerator = "tcg" | "kvm";

/** What QEMU needs to know for an architecture. */
export interface Machine {
  readonly program: string;
  /** Debian's package that holds the program. */
  readonly package: string;
  readonly machine: string;
  /** `-cpu` under emulation, unless the host's name says another. */
  readonly cpuModel: string;
  /** The console's device, for the kernel's `console=`. */
  readonly console: string;
  /** Words for the kernel beside those that every guest gets. */
  readonly kernelWords: readonly string[];
}

export const MACHINES: Readonly<Record<Architecture, Machine>> = {
  aarch64: {
    program: "qemu-system-aarch64",
    package: "qemu-system-arm",
    machine: "virt,gic-version=3",
    cpuModel: "cortex-a72",
    console: "ttyAMA0",
    kernelWords: [],
  },
  ppc64le: {
    program: "qemu-system-ppc64",
    package: "qemu-system-ppc",
    // Emulation offers none of these mitigations; VOF starts 4 s faster than the SLOF firmware
    machine: "pseries,x-vof=on,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off",
    cpuModel: "power9",
    console: "hvc0",
    kernelWords: [],
  },
  x86_64: {
    program: "qemu-system-x86_64",
    package: "qemu-system-x86",
    machine: "q35",
    cpuModel: "qemu64",
    console: "ttyS0",
    // Calibrating against an emulated timer takes long and may fail on a busy machine
    kernelWords: ["tsc=reliable", "no_timer_check", "lpj=10000000"],
  },
};

/** Files and places of one start. */
export interface QemuFiles {
  readonly kernel: string;
  readonly initramfs: string;
  /** Where the guest's console is written. */
  readonly console: string;
  /** Unix socket of QEMU's machine protocol. */
  readonly qmp: string;
  /** A saved guest to continue with, or `null` to boot. */
  readonly restore: string | null;
}

/** A path as one word of a shell: QEMU hands the text after `exec:` to /bin/sh. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A path inside a comma-separated option of QEMU, where a comma is written twice. */
function optionPath(path: string): string {
  return path.replaceAll(",", ",,");
}

/**
 * The words after QEMU's name.
 *
 * No network, no disk, no display. The agent's port is QEMU's own stdin and stdout, so that a
 * guest is a command with pipes like any other host.
 */
export function qemuArguments(
  spec: GuestSpec,
  accelerator: Accelerator,
  files: QemuFiles,
): string[] {
  const machine = MACHINES[spec.arch];
  const kvm = accelerator === "kvm";
  return [
    "-name",
    "fencelab,debug-threads=on",
    "-nodefaults",
    "-nographic",
    "-no-reboot",
    "-machine",
    machine.machine,
    "-accel",
    kvm ? "kvm" : "tcg,thread=multi",
    "-cpu",
    spec.cpuModel ?? (kvm ? "host" : machine.cpuModel),
    "-smp",
    String(spec.cpus),
    "-m",
    String(spec.memoryMb),
    "-kernel",
    files.kernel,
    "-initrd",
    files.initramfs,
    "-append",
    // A guest that oopses would go on and answer wrongly; panic=-1 with -no-reboot ends QEMU
    [`console=${machine.console}`, "oops=panic", "panic=-1", ...machine.kernelWords].join(" "),
    "-chardev",
    "stdio,id=agent,signal=off",
    "-device",
    "virtio-serial-pci",
    "-device",
    "virtserialport,chardev=agent,name=agent",
    "-chardev",
    `file,id=console,path=${optionPath(files.console)}`,
    "-serial",
    "chardev:console",
    "-qmp",
    `unix:${optionPath(files.qmp)},server=on,wait=off`,
    ...(files.restore === null ? [] : ["-incoming", `exec:cat ${shellWord(files.restore)}`]),
  ];
}
