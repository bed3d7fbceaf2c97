/**
 * Warnings about machines whose TLB flushes send no interrupt, and about emulated and translated ones.
 *
 * @module
 */
import type { Environment } from "../../environment/environment.ts";
import { machineArch } from "../../environment/translator.ts";
import { bootOption, isAtLeast } from "../../environment/kernel.ts";
import { counted, type Rule, type WarningContext } from "./context.ts";

/** The conditions of kvm_setup_pv_tlb_flush that a guest can see; the feature bit is not. */
function kvmFlush({ environment }: WarningContext): string[] {
  const { cpu, cpus, hypervisor, kernel } = environment;
  if (hypervisor !== "kvm" || machineArch(environment) !== "x86_64" || cpus.possibleCount < 2) {
    return [];
  }
  // A guest that has MWAIT, or was told to do without paravirtualisation, flushes natively.
  if (cpu.flags?.monitor === true || bootOption(kernel.cmdline, "nopv") !== null) return [];
  return ["The host is a KVM guest that may use paravirtual TLB flushes"];
}

function hyperv({ environment }: WarningContext): string[] {
  return environment.hypervisor === "hyperv" && machineArch(environment) === "x86_64"
    ? ["The host is a Hyper-V guest"]
    : [];
}

function xenPv({ environment }: WarningContext): string[] {
  return environment.xenPv && machineArch(environment) === "x86_64"
    ? ["The host is, or may be, a paravirtual Xen guest"]
    : [];
}

/** Zen 3, the first with INVLPGB. */
const FAMILY_WITH_INVLPGB = 0x19;

/** Linux does not use INVLPGB on fewer active CPUs. */
const CPUS_FOR_INVLPGB = 4;

function broadcastFlush({ environment }: WarningContext): string[] {
  const { cpu, cpus, hypervisor, kernel } = environment;
  if (!mayHaveInvlpgb(environment) || cpus.allowedCount < CPUS_FOR_INVLPGB) return [];
  if (disablingOption(environment) !== null) return [];
  const usable = counted(cpus.allowedCount, "CPU");
  if (cpu.flags?.invlpgb === true) {
    return [`The CPU has INVLPGB and ${usable} may be used`];
  }
  // Mainline does not print the flag, so its absence says nothing: go by kernel and CPU family.
  // Hypervisors do not pass the instruction on; it needs PCID.
  const likely = hypervisor === null && cpu.flags?.pcid === true &&
    isAtLeast(kernel.release, 6, 15);
  return likely
    ? [`The CPU (AMD family ${cpu.family}) may have INVLPGB and ${usable} may be used`]
    : [];
}

function broadcastOff({ environment }: WarningContext): string[] {
  const option = disablingOption(environment);
  if (option === null || !mayHaveInvlpgb(environment)) return [];
  return [`INVLPGB is turned off by '${option}' on the kernel's command line`];
}

function mayHaveInvlpgb({ cpu }: Environment): boolean {
  if (cpu.flags?.invlpgb === true) return true;
  return cpu.vendor === "AuthenticAMD" && (cpu.family ?? 0) >= FAMILY_WITH_INVLPGB;
}

function disablingOption({ kernel }: Environment): string | null {
  return ["noinvlpgb", "nopcid"].find((name) => bootOption(kernel.cmdline, name) !== null) ?? null;
}

function tlbieOff({ environment }: WarningContext): string[] {
  return flushesByInterrupt(environment) ? ["disable_tlbie is on the kernel's command line"] : [];
}

/** The option is refused with the hash MMU. */
function flushesByInterrupt(environment: Environment): boolean {
  const { cpu, kernel } = environment;
  return machineArch(environment) === "ppc64le" && cpu.mmu !== "hash" &&
    bootOption(kernel.cmdline, "disable_tlbie") !== null;
}

function hardwareBroadcast({ environment }: WarningContext): string[] {
  const arch = machineArch(environment);
  if (arch !== "aarch64" && arch !== "ppc64le") return [];
  return flushesByInterrupt(environment) ? [] : [`The host is ${arch}`];
}

function emulated({ environment: { emulated, translation } }: WarningContext): string[] {
  return emulated && translation.state !== "seen" ? ["The host is emulated"] : [];
}

function translated({ environment: { arch, translation } }: WarningContext): string[] {
  if (translation.state !== "seen") return [];
  const { by, machine, evidence } = translation;
  const below = machine === null ? "another machine" : `a machine of ${machine}`;
  return [`The ${arch} core is translated by ${by} on ${below} (${evidence.join("; ")})`];
}

function hidden({ environment: { translation } }: WarningContext): string[] {
  return translation.state === "unknown" ? ["The host hides what would tell a translator"] : [];
}

/** Rules of this theme by code. */
export const TLB_RULES = {
  W030: kvmFlush,
  W031: hyperv,
  W032: xenPv,
  W033: broadcastFlush,
  W034: broadcastOff,
  W035: tlbieOff,
  W036: hardwareBroadcast,
  W037: emulated,
  W051: translated,
  W052: hidden,
} satisfies Record<string, Rule>;
