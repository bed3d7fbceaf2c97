/**
 * One spelling for each architecture.
 *
 * @module
 */

import type { Architecture } from "../../ffi/toolchain.ts";

const SPELLINGS: ReadonlyMap<string, Architecture> = new Map([
  ["x86_64", "x86_64"],
  ["x86-64", "x86_64"],
  ["amd64", "x86_64"],
  ["x64", "x86_64"],
  ["aarch64", "aarch64"],
  ["arm64", "aarch64"],
  ["ppc64le", "ppc64le"],
  ["ppc64el", "ppc64le"],
  ["powerpc64le", "ppc64le"],
]);

/**
 * The architecture a name stands for: of uname, Debian, Go or a compiler's triple.
 *
 * @param name Such as "amd64", "x86_64", "arm64", "ppc64el".
 * @returns null if fencelab does not know the architecture.
 */
export function normaliseArch(name: string): Architecture | null {
  return SPELLINGS.get(name.trim().toLowerCase()) ?? null;
}
