/**
 * Whether a translator runs the core: a program that turns code of one architecture into that of
 * another, such as qemu-user, on which `docker run --platform` and chroots of other architectures
 * rest. Its kernel is the one below; processor, times and orders are its own doing.
 *
 * @module
 */
import type { Architecture } from "../../ffi/toolchain.ts";
import { normaliseArch } from "./arch.ts";
import { fileText, type HostFacts } from "./facts.ts";
import { isAtLeast } from "./kernel.ts";

/** What runs the core's instructions. */
export type Translation = {
  /** `unknown`: the host hides what would tell. */
  state: "none" | "seen" | "unknown";
  /** "qemu-user", "Rosetta", "box64", "FEX", or "a translator" that does not say who it is. */
  by: string | null;
  /** Architecture of the machine below; null where it is not known, or nothing translates. */
  machine: Architecture | null;
  /** What was seen, in sentences without an end. */
  evidence: string[];
};

/** Names of translators: by the program that the kernel runs, and by what CPUID says under them. */
const TRANSLATORS: readonly { by: string; path: RegExp; cpuid: RegExp | null }[] = [
  // CPUID's TCGTCGTCGTCG is said by QEMU's guests, too
  { by: "qemu-user", path: /\/qemu-[^/]+$|-binfmt-P/, cpuid: null },
  { by: "Rosetta", path: /\/rosetta[^/]*$/i, cpuid: /^VirtualApple/ },
  { by: "box64", path: /\/box(64|86)[^/]*$/, cpuid: /^Box(64|86) on / },
  { by: "FEX", path: /\/FEX[^/]*$/i, cpuid: /^FEXIFEXIEMU/ },
];

const UNNAMED = "a translator";

/** e_machine of ELF files (elf(5)). */
const MACHINES: ReadonlyMap<number, Architecture> = new Map([
  [62, "x86_64"],
  [183, "aarch64"],
  [21, "ppc64le"],
]);

/** Keys of /proc/cpuinfo that one architecture alone prints. */
const CPUINFO: readonly (readonly [Architecture, RegExp])[] = [
  ["x86_64", /^(vendor_id|cpu family)\s*:/m],
  ["aarch64", /^CPU implementer\s*:/m],
  ["ppc64le", /^timebase\s*:/m],
];

/** Kernels from which on these calls exist, if they were built with them. */
const CALLS_SINCE: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["rseq", [4, 18]],
  ["seccomp", [3, 17]],
  ["perf_event_open", [2, 6]],
]);

/** Whether, by what and on what the core is translated. */
export function translationOf(facts: HostFacts): Translation {
  const { program } = facts;
  const own = normaliseArch(program.arch);
  const runBy = MACHINES.get(program.runByMachine ?? 0) ?? null;
  const kernel = normaliseArch(fileText(facts, "/proc/sys/kernel/arch") ?? "");
  const processor = processorOf(facts);
  const evidence = [
    ...programEvidence(facts, own, runBy),
    ...kernel !== null && kernel !== own ? [`the kernel was built for ${kernel}`] : [],
    ...processor !== null && processor !== own
      ? [`/proc/cpuinfo describes a processor of ${processor}`]
      : [],
    ...program.auxvFits === false
      ? ["the auxiliary vector of the process is not the one that the kernel gave it"]
      : [],
    ...cpuidEvidence(facts),
  ];
  if (evidence.length === 0) {
    // What a translator shows of its own cannot tell that there is none
    const told = program.runBy !== null || kernel !== null;
    return { state: told ? "none" : "unknown", by: null, machine: null, evidence };
  }
  const by = TRANSLATORS.find(({ path }) => path.test(program.runBy ?? ""))?.by ??
    names(facts).map(translatorNamed).find((name) => name !== null) ?? UNNAMED;
  const lacking = lackingCalls(facts);
  if (lacking.length > 0) evidence.push(`it lacks system calls: ${lacking.join(", ")}`);
  const machine = runBy ?? kernel ?? (processor === own ? null : processor);
  return { state: "seen", by, machine, evidence };
}

/** The architecture of the machine that does what the kernel and its hardware do. */
export function machineArch(
  { arch, translation }: { readonly arch: string; readonly translation: Translation },
): string {
  return translation.state === "seen" ? translation.machine ?? "unknown" : arch;
}

function programEvidence(
  { program: { arch, path, runBy } }: HostFacts,
  own: Architecture | null,
  runByArch: Architecture | null,
): string[] {
  if (runBy === null) return [];
  if (runByArch !== null && runByArch !== own) {
    return [`the kernel runs ${runBy}, a program for ${runByArch}, where this one is for ${arch}`];
  }
  return path !== null && path !== runBy
    ? [`the kernel runs ${runBy}, where the process is told that it is ${path}`]
    : [];
}

/** Whose format /proc/cpuinfo has. */
function processorOf(facts: HostFacts): Architecture | null {
  const text = fileText(facts, "/proc/cpuinfo") ?? "";
  return CPUINFO.find(([, key]) => key.test(text))?.[0] ?? null;
}

function names({ program: { cpuidBrand, cpuidHypervisor } }: HostFacts): string[] {
  return [cpuidBrand, cpuidHypervisor];
}

/** Which translator says of itself what CPUID says; null: none. */
function translatorNamed(name: string): string | null {
  return TRANSLATORS.find(({ cpuid }) => cpuid?.test(name))?.by ?? null;
}

function cpuidEvidence(facts: HostFacts): string[] {
  return names(facts).filter((name) => translatorNamed(name) !== null)
    .map((name) => `CPUID says '${name}'`);
}

function lackingCalls({ program: { lacks }, uname: { release } }: HostFacts): string[] {
  return lacks.filter((call) => isAtLeast(release, ...CALLS_SINCE.get(call) ?? [0, 0] as const));
}
