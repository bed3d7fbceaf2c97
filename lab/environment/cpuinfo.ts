/**
 * /proc/cpuinfo of x86-64, arm64 and ppc64le.
 *
 * @module
 */
import type { Architecture } from "../../ffi/toolchain.ts";
import { armModelName } from "./arm_parts.ts";

/** The CPU flags of x86 that decide how a barrier or a clock behaves. */
export const X86_FLAGS = [
  "invlpgb",
  "hypervisor",
  "constant_tsc",
  "nonstop_tsc",
  "tsc_known_freq",
  "pcid",
  "x2apic",
  "monitor",
] as const;

/** One of {@linkcode X86_FLAGS}. */
export type X86Flag = typeof X86_FLAGS[number];

/** What /proc/cpuinfo says about the processors; null where this architecture does not say. */
export type CpuInfo = {
  /** Marketing or core name; several, joined by " + ", where cores differ. */
  model: string | null;
  /** x86: AuthenticAMD, GenuineIntel. arm64: the implementer's code. */
  vendor: string | null;
  /** x86 only: CPU family and model number. */
  family: number | null;
  modelNumber: number | null;
  stepping: string | null;
  /** x86 only, as the kernel prints it: "0x1000065". */
  microcode: string | null;
  /** x86 only: which of {@linkcode X86_FLAGS} are printed. */
  flags: Record<X86Flag, boolean> | null;
  /** ppc64le only: "pSeries", "PowerNV". */
  platform: string | null;
  /** ppc64le only: "CHRP IBM,9009-42A". */
  machine: string | null;
  /** ppc64le only: how memory is translated. */
  mmu: "radix" | "hash" | null;
};

/**
 * Reads /proc/cpuinfo.
 *
 * @param text The whole file; null if it could not be read.
 * @param arch Whose format it has; null for an architecture fencelab does not know.
 */
export function parseCpuInfo(text: string | null, arch: Architecture | null): CpuInfo {
  const blocks = splitBlocks(text ?? "");
  switch (arch) {
    case "x86_64":
      return x86Info(blocks);
    case "aarch64":
      return armInfo(blocks);
    case "ppc64le":
      return powerInfo(blocks);
    case null:
      return { ...NOTHING, model: distinct(blocks, "model name") };
  }
}

const NOTHING: CpuInfo = {
  model: null,
  vendor: null,
  family: null,
  modelNumber: null,
  stepping: null,
  microcode: null,
  flags: null,
  platform: null,
  machine: null,
  mmu: null,
};

type Block = ReadonlyMap<string, string>;

/** Blocks are separated by empty lines: one per CPU, and on ppc64le one for the machine. */
function splitBlocks(text: string): Block[] {
  return text.split(/\n[ \t]*\n/).map(parseBlock);
}

function parseBlock(text: string): Block {
  const block = new Map<string, string>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).trim();
    if (value !== "") block.set(line.slice(0, colon).trim(), value);
  }
  return block;
}

function first(blocks: readonly Block[], key: string): string | null {
  for (const block of blocks) {
    const value = block.get(key);
    if (value !== undefined) return value;
  }
  return null;
}

function distinct(blocks: readonly Block[], key: string): string | null {
  return joinDistinct(blocks.map((block) => block.get(key) ?? null));
}

function joinDistinct(values: readonly (string | null)[]): string | null {
  const known = new Set(values.filter((value) => value !== null));
  return known.size === 0 ? null : [...known].join(" + ");
}

function numberOrNull(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function x86Info(blocks: readonly Block[]): CpuInfo {
  const printed = first(blocks, "flags");
  return {
    ...NOTHING,
    model: distinct(blocks, "model name"),
    vendor: first(blocks, "vendor_id"),
    family: numberOrNull(first(blocks, "cpu family")),
    modelNumber: numberOrNull(first(blocks, "model")),
    stepping: first(blocks, "stepping"),
    microcode: first(blocks, "microcode"),
    flags: printed === null ? null : x86Flags(printed),
  };
}

function x86Flags(printed: string): Record<X86Flag, boolean> {
  const present = new Set(printed.split(/\s+/));
  const flags = {} as Record<X86Flag, boolean>;
  for (const flag of X86_FLAGS) flags[flag] = present.has(flag);
  return flags;
}

function armInfo(blocks: readonly Block[]): CpuInfo {
  const names = blocks.map((block) => {
    const implementer = block.get("CPU implementer");
    const part = block.get("CPU part");
    if (implementer === undefined || part === undefined) return null;
    return armModelName(implementer, part);
  });
  return {
    ...NOTHING,
    // 32-bit personalities and some vendors' kernels print a "model name"; the codes say more.
    model: joinDistinct(names) ?? distinct(blocks, "model name"),
    vendor: distinct(blocks, "CPU implementer"),
    stepping: armStepping(first(blocks, "CPU variant"), first(blocks, "CPU revision")),
  };
}

/** Arm writes steppings as rNpM: major revision (variant) and minor revision. */
function armStepping(variant: string | null, revision: string | null): string | null {
  if (variant === null || revision === null) return null;
  return `r${Number(variant)}p${revision}`;
}

function powerInfo(blocks: readonly Block[]): CpuInfo {
  const mmu = first(blocks, "MMU")?.toLowerCase();
  return {
    ...NOTHING,
    model: distinct(blocks, "cpu"),
    stepping: first(blocks, "revision"),
    platform: first(blocks, "platform"),
    machine: first(blocks, "machine"),
    mmu: mmu === "radix" || mmu === "hash" ? mmu : null,
  };
}
