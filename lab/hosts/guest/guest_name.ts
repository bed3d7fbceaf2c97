/**
 * Names of emulated hosts: `qemu-ARCH[@KERNEL][?option=value&…]`.
 *
 * KERNEL is `6.1` or `6.12` (Debian bookworm, trixie), or one version of these such as `6.12.107`,
 * with `-rt` or `-64k` for another flavour, or the path of a kernel image.
 */

import { defined } from "../../format/defined.ts";
import type { Architecture } from "../../../ffi/toolchain.ts";
import { parseCpuList } from "../../text/cpu_list.ts";
import { nearest } from "../../text/nearest.ts";
import { HostError } from "../../format/host_error.ts";

/** Kernel series that guests boot by name, and the Debian suites that hold them. */
export const KERNEL_SERIES = { "6.1": "bookworm", "6.12": "trixie" } as const;

export type KernelSeries = keyof typeof KERNEL_SERIES;

/** PREEMPT_RT exists for x86-64 and arm64, the 64K-page kernel for ppc64le. */
export type KernelFlavour = "standard" | "rt" | "64k";

/** A kernel of Debian by name, or an image of the user's. */
export type KernelChoice =
  | {
    readonly series: KernelSeries;
    readonly flavour: KernelFlavour;
    /** Upstream's version, and no other; without it, the newest that can be had. */
    readonly version?: string;
  }
  | { readonly path: string };

/** An emulated host as its name describes it. */
export interface GuestSpec {
  /** As the user wrote it; stands in run.json. */
  readonly name: string;
  readonly arch: Architecture;
  readonly kernel: KernelChoice;
  /** Virtual CPUs. */
  readonly cpus: number;
  /** Memory in MiB. */
  readonly memoryMb: number;
  /** QEMU's `-cpu`; `null` for the default of the architecture. */
  readonly cpuModel: string | null;
  /** CPUs of this machine that run the guest's; `null` for all that may be used. */
  readonly hostCpus: readonly number[] | null;
  /** `null`: KVM where it works, else emulation. */
  readonly accelerator: "tcg" | "kvm" | null;
}

/** The emulated hosts, by the part of the name before `@`. */
export const GUEST_NAMES: Readonly<Record<string, Architecture>> = {
  "qemu-arm64": "aarch64",
  "qemu-ppc64le": "ppc64le",
  "qemu-x86_64": "x86_64",
};

/** Other spellings of architectures that names may use. */
const SPELLINGS: Readonly<Record<string, string>> = {
  "qemu-aarch64": "qemu-arm64",
  "qemu-ppc64el": "qemu-ppc64le",
  "qemu-amd64": "qemu-x86_64",
};

const DEFAULTS = { series: "6.12", cpus: 2, memoryMb: 512 } as const;
const MAX_CPUS = 64;
/** Below it no kernel of Debian boots with its initial file system; above it is a slip of the pen. */
const MEMORY_MB = { least: 256, most: 1 << 18 } as const;

const OPTIONS = ["cpus", "memory", "cpu", "host-cpus", "accel"] as const;

/** Whether a name means an emulated host. */
export function isGuestName(name: string): boolean {
  return /^qemu-[^@?]*/.test(name);
}

/**
 * Reads the name of an emulated host.
 *
 * @throws {HostError} If it is none; names what is expected.
 */
export function parseGuestName(name: string): GuestSpec {
  const [, base = "", kernel, options = ""] = /^([^@?]*)(?:@([^?]*))?(?:\?(.*))?$/s.exec(name) ??
    [];
  const arch = GUEST_NAMES[SPELLINGS[base] ?? base];
  if (arch === undefined) {
    const near = nearest(base, Object.keys(GUEST_NAMES), 1)[0];
    throw new HostError(
      `Cannot find host '${name}': no emulated host is called '${base}'. Remedy: ` +
        `did you mean '${near}'? See 'deno task lab hosts'`,
    );
  }
  return {
    name,
    arch,
    kernel: kernelOf(name, arch, kernel),
    ...optionsOf(name, options),
  };
}

function kernelOf(name: string, arch: Architecture, text: string | undefined): KernelChoice {
  if (text === undefined) return { series: DEFAULTS.series, flavour: "standard" };
  if (text.includes("/")) return { path: text };
  const [, series, patch, flavour = "standard"] = /^(\d+\.\d+)(\.\d+)?(?:-(rt|64k))?$/.exec(text) ??
    [];
  if (series !== "6.1" && series !== "6.12") {
    throw new HostError(
      `Cannot use host '${name}': kernel '${text}' is not known. Remedy: ` +
        `${flavoursOf(arch).map((one) => `@${one}`).join(", ")}, one version such as @6.12.107, ` +
        "or the path of a kernel image",
    );
  }
  if (!flavoursOf(arch).includes(flavour === "standard" ? series : `${series}-${flavour}`)) {
    throw new HostError(
      `Cannot use host '${name}': Debian has no kernel ${text} for ${arch}. Remedy: ` +
        flavoursOf(arch).map((one) => `@${one}`).join(", "),
    );
  }
  return {
    series,
    flavour: flavour as KernelFlavour,
    ...defined({ version: patch && `${series}${patch}` }),
  };
}

/** Kernels by name that Debian has for an architecture. 6.1's standard ppc64el kernel has 64K pages. */
export function flavoursOf(arch: Architecture): string[] {
  return arch === "ppc64le" ? ["6.1", "6.12", "6.12-64k"] : ["6.1", "6.12", "6.1-rt", "6.12-rt"];
}

type Options = Pick<GuestSpec, "cpus" | "memoryMb" | "cpuModel" | "hostCpus" | "accelerator">;

function optionsOf(name: string, text: string): Options {
  const values = new Map<string, string>();
  for (const part of text.split("&").filter((one) => one !== "")) {
    const at = part.indexOf("=");
    const key = at < 0 ? part : part.slice(0, at);
    if (at < 0 || values.has(key) || !OPTIONS.some((one) => one === key)) {
      throw new HostError(
        `Cannot use host '${name}': option '${part}' is not understood. Remedy: ` +
          "cpus=N, memory=MIB, cpu=MODEL, host-cpus=LIST, accel=tcg|kvm, each once, separated by '&'",
      );
    }
    values.set(key, part.slice(at + 1));
  }
  const cpuModel = values.get("cpu") ?? null;
  if (cpuModel !== null && !/^\w[\w.+,=-]*$/.test(cpuModel)) {
    throw new HostError(
      `Cannot use host '${name}': '${cpuModel}' is no CPU model. Remedy: see 'qemu-system-… -cpu help'`,
    );
  }
  const accelerator = values.get("accel") ?? null;
  if (accelerator !== null && accelerator !== "tcg" && accelerator !== "kvm") {
    throw new HostError(
      `Cannot use host '${name}': accel='${accelerator}' is not known. Remedy: accel=tcg or accel=kvm`,
    );
  }
  return {
    accelerator,
    cpus: numberOf(name, "cpus", values, DEFAULTS.cpus, 1, MAX_CPUS),
    memoryMb: numberOf(
      name,
      "memory",
      values,
      DEFAULTS.memoryMb,
      MEMORY_MB.least,
      MEMORY_MB.most,
    ),
    cpuModel,
    hostCpus: hostCpusOf(name, values.get("host-cpus")),
  };
}

function numberOf(
  name: string,
  key: string,
  values: ReadonlyMap<string, string>,
  otherwise: number,
  least: number,
  most: number,
): number {
  const text = values.get(key);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new HostError(
    `Cannot use host '${name}': ${key}='${text}' is not a number from ${least} to ${most}. ` +
      `Remedy: for example ${key}=${otherwise}`,
  );
}

function hostCpusOf(name: string, text: string | undefined): number[] | null {
  if (text === undefined) return null;
  try {
    return parseCpuList(text);
  } catch (cause) {
    throw new HostError(
      `Cannot use host '${name}': host-cpus='${text}' is no list of CPUs. Remedy: for example 0-3,8`,
      { cause },
    );
  }
}
