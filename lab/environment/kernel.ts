/**
 * What the kernel says about itself: version, preemption, boot options, protections.
 *
 * @module
 */
import { fileNumber, fileText, type HostFacts } from "./facts.ts";

/** The running kernel; null where it does not say. */
export type Kernel = {
  /** `uname -r` */
  release: string;
  /** `uname -v` */
  version: string;
  /** "PREEMPT_DYNAMIC", "PREEMPT_RT", "PREEMPT"; null for a kernel built without preemption. */
  preemption: string | null;
  realtime: boolean;
  cmdline: string | null;
  /** Tracing of some kernel internals is refused from "integrity" on. */
  lockdown: "none" | "integrity" | "confidentiality" | null;
};

/** What the kernel says about itself. */
export function kernelOf(facts: HostFacts): Kernel {
  const preemption = /\bPREEMPT\w*/.exec(facts.uname.version)?.[0] ?? null;
  const lockdown = selectedWord(fileText(facts, "/sys/kernel/security/lockdown"));
  return {
    release: facts.uname.release,
    version: facts.uname.version,
    preemption,
    realtime: preemption === "PREEMPT_RT" || fileNumber(facts, "/sys/kernel/realtime") === 1,
    cmdline: fileText(facts, "/proc/cmdline"),
    lockdown: lockdown === "none" || lockdown === "integrity" || lockdown === "confidentiality"
      ? lockdown
      : null,
  };
}

/**
 * What the kernel does about each CPU vulnerability.
 *
 * @returns By name ("spectre_v2"), the kernel's own words ("Mitigation: Retpolines; …").
 */
export function mitigationsOf(facts: HostFacts): Record<string, string> {
  const folder = "/sys/devices/system/cpu/vulnerabilities/";
  const mitigations: Record<string, string> = {};
  for (const path of Object.keys(facts.files).sort()) {
    const text = path.startsWith(folder) ? fileText(facts, path) : null;
    if (text !== null) mitigations[path.slice(folder.length)] = text;
  }
  return mitigations;
}

/**
 * Whether a boot option is on the kernel's command line.
 *
 * @param cmdline /proc/cmdline; null counts as empty.
 * @param name Without "=": "nopcid", "isolcpus".
 * @returns The option's value, "" for one without value, null if it is not there.
 */
export function bootOption(cmdline: string | null, name: string): string | null {
  // What follows "--" is for init, not for the kernel.
  const [own = ""] = (cmdline ?? "").split(/(?:^|\s)--(?:\s|$)/);
  let found: string | null = null;
  for (const word of own.split(/\s+/)) {
    // The last one wins, as in the kernel.
    if (word === name) found = "";
    else if (word.startsWith(`${name}=`)) found = word.slice(name.length + 1);
  }
  return found;
}

/**
 * The choice in a file that lists alternatives: "always [madvise] never".
 *
 * @returns null if none is marked.
 */
export function selectedWord(text: string | null): string | null {
  return /\[([^\]]+)\]/.exec(text ?? "")?.[1] ?? null;
}

/**
 * Whether a kernel release is at least a version: "6.12.0-rc4+" is at least 6, 11.
 *
 * @returns false for a release that does not start with two numbers.
 */
export function isAtLeast(release: string, major: number, minor: number): boolean {
  const match = /^(\d+)\.(\d+)/.exec(release);
  if (match === null) return false;
  const own = Number(match[1]);
  return own > major || (own === major && Number(match[2]) >= minor);
}
