/** Compilers for the architectures that fencelab supports, and where they come from. */

import { findProgram } from "./find_program.ts";

/** Architectures as the kernel's `uname -m` names them. */
export const ARCHITECTURES = ["x86_64", "aarch64", "ppc64le"] as const;

/** An architecture that fencelab builds for. */
export type Architecture = typeof ARCHITECTURES[number];

/** What is needed to compile for one architecture. */
export interface Toolchain {
  readonly arch: Architecture;
  /** Compiler programs, best first. */
  readonly compilers: readonly string[];
  /** Debian packages that bring compiler and C library. */
  readonly packages: string;
}

const CROSS: Readonly<Record<Architecture, Toolchain>> = {
  x86_64: {
    arch: "x86_64",
    compilers: ["x86_64-linux-gnu-gcc"],
    packages: "gcc-x86-64-linux-gnu libc6-dev-amd64-cross",
  },
  aarch64: {
    arch: "aarch64",
    compilers: ["aarch64-linux-gnu-gcc"],
    packages: "gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
  },
  ppc64le: {
    arch: "ppc64le",
    compilers: ["powerpc64le-linux-gnu-gcc"],
    packages: "gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross",
  },
};

/** The architecture of this process. Deno exists for two of the three. */
export function localArchitecture(): Architecture {
  return Deno.build.arch === "aarch64" ? "aarch64" : "x86_64";
}

/** The toolchain for an architecture: the machine's own compiler, or a cross compiler. */
export function toolchainFor(arch: Architecture): Toolchain {
  if (arch !== localArchitecture()) return crossToolchain(arch);
  return { arch, compilers: ["gcc", "cc", "clang"], packages: "gcc libc6-dev" };
}

/** What compiles for an architecture on a machine of another. */
export function crossToolchain(arch: Architecture): Toolchain {
  return CROSS[arch];
}

/** Path of a toolchain's compiler, or `null` when none of its programs is on `path`. */
export function findCompiler(toolchain: Toolchain, path: string): string | null {
  for (const program of toolchain.compilers) {
    const found = findProgram(program, path);
    if (found !== null) return found;
  }
  return null;
}
