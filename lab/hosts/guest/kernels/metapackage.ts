/** Debian's packages that stand for the newest kernel of a suite. */

import type { Architecture } from "../../../../ffi/toolchain.ts";
import { upstreamVersion } from "./debian_version.ts";
import { KERNEL_SERIES, type KernelFlavour, type KernelSeries } from "../guest_name.ts";

/** A kernel of Debian by name. */
export interface NamedKernel {
  readonly arch: Architecture;
  readonly series: KernelSeries;
  readonly flavour: KernelFlavour;
  /** Upstream's version, such as `6.12.107`, and no other; without it, the newest. */
  readonly version?: string;
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

/** The release before each, whose backports have its kernels. */
const RELEASE_BEFORE = { bookworm: "bullseye", trixie: "bookworm" } as const;

/** Where Debian keeps a kernel. */
export interface Metapackage {
  readonly name: string;
  readonly suite: string;
  /** Suites of the same archive that may have the kernel, too. */
  readonly otherSuites: readonly string[];
  /** Architecture as dpkg names it. */
  readonly arch: string;
}

/** The metapackage of a kernel; `null` if Debian has no such flavour for the architecture. */
export function metapackageOf(kernel: NamedKernel): Metapackage | null {
  const name = METAPACKAGES[kernel.arch][kernel.flavour];
  if (name === undefined) return null;
  const suite = KERNEL_SERIES[kernel.series];
  return {
    name,
    suite,
    otherSuites: [`${suite}-updates`, `${RELEASE_BEFORE[suite]}-backports`],
    arch: DEBIAN_ARCHITECTURES[kernel.arch],
  };
}

/**
 * Whether a package is a kernel that a metapackage could stand for, such as
 * `linux-image-6.12.107+deb13-cloud-arm64` or `linux-image-6.1.0-28-cloud-arm64`.
 */
export function isKernelOf({ name }: Metapackage, candidate: string): boolean {
  const flavour = name.slice("linux-image-".length);
  const start = candidate.slice(0, -`-${flavour}`.length);
  return candidate.endsWith(`-${flavour}`) &&
    /^linux-image-\d[\w.+~]*(?:-\d[\w.+~]*)?$/.test(start);
}

/** Whether a version of Debian is one of the series, or the very one that is wanted. */
export function isVersionOf(kernel: NamedKernel, version: string): boolean {
  const upstream = upstreamVersion(version);
  if (kernel.version !== undefined) return upstream === kernel.version;
  return upstream === kernel.series || upstream.startsWith(`${kernel.series}.`);
}

/** A kernel in messages, such as "kernel 6.12-rt for aarch64". */
export function kernelTitle({ arch, series, flavour, version = series }: NamedKernel): string {
  return `kernel ${version}${flavour === "standard" ? "" : `-${flavour}`} for ${arch}`;
}
