/**
 * Rights of the lab's own process.
 *
 * @module
 */
import { fileText, type HostFacts } from "./facts.ts";

/** Capabilities that decide what the lab may measure, with their numbers in linux/capability.h. */
const CAPABILITIES = {
  CAP_IPC_LOCK: 14n,
  CAP_SYS_ADMIN: 21n,
  CAP_SYS_NICE: 23n,
  CAP_PERFMON: 38n,
} as const;

/** Name of a capability the lab cares about. */
export type CapabilityName = keyof typeof CAPABILITIES;

/** Rights and limits of the process that read the facts. */
export type Privileges = {
  uid: number;
  /** Effective capabilities, hexadecimal. */
  capEff: string;
  /** Which of the capabilities the lab cares about are effective, in its own user namespace. */
  capabilities: CapabilityName[];
  /** RLIMIT_MEMLOCK in bytes; null is unlimited. */
  memlockBytes: number | null;
  /** RLIMIT_RTPRIO; null is unlimited. */
  rtprio: number | null;
  /** RLIMIT_NICE, where 20 - value is the lowest nice; null is unlimited. */
  nice: number | null;
  /** Seccomp of this process: mode 0 none, 1 strict, 2 filter; number of filters from 5.9 on. */
  seccomp: { mode: number | null; filters: number | null };
};

/** The rights of the process that read the facts. */
export function privilegesOf(facts: HostFacts): Privileges {
  const effective = BigInt(`0x0${facts.capEff}`);
  const names = Object.keys(CAPABILITIES) as CapabilityName[];
  const status = fileText(facts, "/proc/self/status");
  return {
    uid: facts.uid,
    capEff: facts.capEff,
    capabilities: names.filter((name) => (effective >> CAPABILITIES[name] & 1n) === 1n),
    memlockBytes: facts.limits.memlock,
    rtprio: facts.limits.rtprio,
    nice: facts.limits.nice,
    seccomp: {
      mode: statusNumber(status, "Seccomp"),
      filters: statusNumber(status, "Seccomp_filters"),
    },
  };
}

function statusNumber(status: string | null, key: string): number | null {
  const match = new RegExp(`^${key}:\\s*(\\d+)$`, "m").exec(status ?? "");
  return match === null ? null : Number(match[1]);
}
