/**
 * Recorded hosts for tests: facts of real kinds of machines, trimmed by hand.
 *
 * @module
 */
import { type Capabilities, parseCapabilities } from "../capabilities.ts";
import { type HostFacts, parseHostFacts } from "../facts.ts";
import altra from "./altra_bare_metal.json" with { type: "json" };
import epyc from "./epyc_bare_metal.json" with { type: "json" };
import hyperv from "./hyperv_container.json" with { type: "json" };
import kvm from "./kvm_amd_guest.json" with { type: "json" };
import lpar from "./power9_lpar.json" with { type: "json" };
import qemuArm from "./qemu_arm64_guest.json" with { type: "json" };
import qemuPower from "./qemu_ppc64le_guest.json" with { type: "json" };
import xeon from "./xeon_two_sockets.json" with { type: "json" };

const RECORDED = { altra, epyc, hyperv, kvm, lpar, qemuArm, qemuPower, xeon };

/** A recorded host. */
export type FixtureName = keyof typeof RECORDED;

/** What a program sees of itself that a processor runs. */
const NATIVE = {
  path: "/lab/agent",
  runBy: "/lab/agent",
  runByMachine: null,
  auxvFits: true,
  cpuidBrand: "",
  cpuidHypervisor: "",
  lacks: [],
} as const;

/** The facts of a recorded host; a fresh copy each time. */
export function factsOf(name: FixtureName): HostFacts {
  const recorded = RECORDED[name];
  const program = { ...NATIVE, arch: recorded.uname.machine };
  return structuredClone(parseHostFacts({ ...recorded, program }, name));
}

/**
 * Facts of a recorded host as a core of another architecture sees them under a translator.
 *
 * @param arch What the core was compiled for, which uname says, too.
 * @param program What the core sees of itself; by default nothing that tells.
 */
export function translatedOn(
  name: FixtureName,
  arch: string,
  program: Partial<HostFacts["program"]> = {},
): HostFacts {
  const facts = factsOf(name);
  return {
    ...facts,
    uname: { ...facts.uname, machine: arch },
    program: { ...NATIVE, lacks: [], arch, ...program },
  };
}

/**
 * Facts with some files changed.
 *
 * @param files New text by path; null takes a file away.
 */
export function withFiles(facts: HostFacts, files: Record<string, string | null>): HostFacts {
  const changed: Record<string, string> = { ...facts.files };
  for (const [path, text] of Object.entries(files)) {
    if (text === null) delete changed[path];
    else changed[path] = text;
  }
  return { ...facts, files: changed };
}

/** Facts with a word added to the kernel's command line. */
export function withBootOption(facts: HostFacts, option: string): HostFacts {
  const cmdline = facts.files["/proc/cmdline"] ?? "";
  return withFiles(facts, { "/proc/cmdline": `${option} ${cmdline}` });
}

/** Capabilities of root on a recent kernel, with everything there. */
export function allCapabilities(): Capabilities {
  const available = { available: true, errno: null, reason: null };
  return parseCapabilities({
    membarrier: { state: "native", mask: 0x3ff, errno: null, reason: null },
    techniques: [
      { id: "membarrier-private-expedited", ...available },
      { id: "membarrier-sync-core", ...available },
      { id: "mprotect", ...available },
      { id: "munmap", ...available },
    ],
    counting: {
      ...available,
      source: "perf",
      events: ["irq_vectors:call_function_entry", "irq_vectors:call_function_single_entry"],
    },
    tracefs: {
      ...available,
      path: "/sys/kernel/tracing",
      groups: ["ipi", "csd", "irq_vectors", "tlb"],
    },
    realtime: available,
    autogroup: available,
    mlock: available,
    seccompMode: 0,
  }, "fixture");
}
