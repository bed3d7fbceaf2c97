/** Debian's packages that stand for the newest kernel of a suite. */

import type { Architecture } from "../../../../ffi/toolchain.ts";
import { KERNEL_SERIES, type KernelFlavour, type KernelSeries } from "../guest_name.ts";

/** A kernel of Debian by name. */
export interface NamedKernel {
  readonly arch: Architecture;
  readonly series: KernelSeries;
  readonly flavour: KernelFlavour;
}

/** Architectures as dpkg names them. */
const DEBIAN_ARCHITECTURES = { x86_64: "amd64", aarch64: "arm64", ppc64le: "ppc64el" } as const;

/**
 * Metapackages by flavour (sections of debian/config/ARCH/defines in Debian's kernel source).
 *
 * The cloud kernels are the smallest ones that have what an emulated machine has.
 */
const METAPACKAGES: Readonly<Record<Architecture, Partial<Record<KernelFlavour, string>>>> = {
  x86_64: { standard: "linux-image-cloud-amd64", rt: "linux-image-rt-amd64" },
  aarch64: { standard: "linux-image-cloud-arm64", rt: "linux-image-rt-arm64" },
  ppc64le: { standard: "linux-image-powerpc64le", "64k": "linux-image-powerpc64le-64k" },
};

/** Where Debian keeps a kernel. */
export interface Metapackage {
  readonly name: string;
  readonly suite: string;
  /** Architecture as dpkg names it. */
  readonly arch: string;
}

/** The metapackage of a kernel; `null` if Debian has no such flavour for the architecture. */
export function metapackageOf(kernel: NamedKernel): Metapackage | null {
  const name = METAPACKAGES[kernel.arch][kernel.flavour];
  if (name === undefined) return null;
  return { name, suite: KERNEL_SERIES[kernel.series], arch: DEBIAN_ARCHITECTURES[kernel.arch] };
}

/** A kernel in messages, such as "kernel 6.12-rt for aarch64". */
export function kernelTitle({ arch, series, flavour }: NamedKernel): string {
  return `kernel ${series}${flavour === "standard" ? "" : `-${flavour}`} for ${arch}`;
}
