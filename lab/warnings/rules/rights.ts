/**
 * Warnings about what the lab's process may do.
 *
 * @module
 */
import type { Capabilities } from "../../environment/capabilities.ts";
import type { Environment } from "../../environment/environment.ts";
import { THRESHOLDS } from "../warning_catalogue.ts";
import { type Rule, type WarningContext, whyRefused } from "./context.ts";

function noRealtime({ capabilities: { realtime } }: WarningContext): string[] {
  return realtime.available ? [] : [`No real-time priority${whyRefused(realtime)}`];
}

function noPriority({ capabilities: { realtime, autogroup } }: WarningContext): string[] {
  if (realtime.available || autogroup.available) return [];
  return [`Neither real-time priority nor an autogroup of its own${whyRefused(autogroup)}`];
}

function unthrottled({ environment: { scheduler } }: WarningContext): string[] {
  return scheduler.rtRuntimeUs === -1 ? ["Throttling of real-time threads is turned off"] : [];
}

function throttledHard({ environment: { scheduler, cgroup } }: WarningContext): string[] {
  const { rtRuntimeUs, rtPeriodUs } = scheduler;
  if (rtPeriodUs === null) return [];
  if (rtRuntimeUs !== null && rtRuntimeUs >= 0 && isLow(rtRuntimeUs, rtPeriodUs)) {
    return [`Real-time threads may run ${rtRuntimeUs} us in each ${rtPeriodUs} us`];
  }
  if (cgroup.rtRuntimeUs !== null && isLow(cgroup.rtRuntimeUs, rtPeriodUs)) {
    return [`Real-time threads of the control group may run ${cgroup.rtRuntimeUs} us per period`];
  }
  return [];
}

function isLow(runtimeUs: number, periodUs: number): boolean {
  return runtimeUs / periodUs < THRESHOLDS.rtShare;
}

function smallMemlock({ environment: { privileges, memory } }: WarningContext): string[] {
  const needed = THRESHOLDS.lockedPages * memory.pageSize;
  const limit = privileges.memlockBytes;
  if (limit === null || limit >= needed || privileges.capabilities.includes("CAP_IPC_LOCK")) {
    return [];
  }
  return [
    `RLIMIT_MEMLOCK is ${limit} bytes, less than ${THRESHOLDS.lockedPages} pages (${needed})`,
  ];
}

function mlockRefused({ capabilities: { mlock } }: WarningContext): string[] {
  return mlock.available ? [] : [`mlock is refused${whyRefused(mlock)}`];
}

function unprivileged({ environment }: WarningContext): string[] {
  const lacking = lackingRights(environment);
  if (lacking.length === 0) return [];
  return [`The lab runs as uid ${environment.privileges.uid} without ${lacking.join(", ")}`];
}

/** Each right that is missing, with the limit that takes its place. */
function lackingRights({ privileges, perfEventParanoid }: Environment): string[] {
  const has = new Set(privileges.capabilities);
  const lacking: string[] = [];
  if (!has.has("CAP_SYS_NICE")) {
    lacking.push(
      `CAP_SYS_NICE (RLIMIT_RTPRIO ${limitText(privileges.rtprio)}, ` +
        `RLIMIT_NICE ${limitText(privileges.nice)})`,
    );
  }
  if (!has.has("CAP_IPC_LOCK")) {
    lacking.push(`CAP_IPC_LOCK (RLIMIT_MEMLOCK ${limitText(privileges.memlockBytes)})`);
  }
  if (!has.has("CAP_PERFMON") && !has.has("CAP_SYS_ADMIN")) {
    lacking.push(`CAP_PERFMON (perf_event_paranoid ${perfEventParanoid ?? "unknown"})`);
  }
  return lacking;
}

function limitText(limit: number | null): string {
  return limit === null ? "unlimited" : `${limit}`;
}

function seccompFilter({ environment: { privileges }, capabilities }: WarningContext): string[] {
  if ((capabilities.seccompMode ?? privileges.seccomp.mode) !== 2) return [];
  const { filters } = privileges.seccomp;
  return [
    filters === null || filters < 2
      ? "A seccomp filter is active"
      : `${filters} seccomp filters are active`,
  ];
}

/** A finding for one answer of the probe. */
function membarrierState(state: Capabilities["membarrier"]["state"], finding: string): Rule {
  return function findState({ capabilities: { membarrier } }: WarningContext): string[] {
    return membarrier.state === state ? [`${finding}${whyRefused(membarrier)}`] : [];
  };
}

/** Rules of this theme by code. */
export const RIGHTS_RULES = {
  W010: noRealtime,
  W011: noPriority,
  W012: unthrottled,
  W013: throttledHard,
  W014: smallMemlock,
  W015: mlockRefused,
  W016: unprivileged,
  W017: seccompFilter,
  W022: membarrierState("filtered-eperm", "A seccomp filter refuses membarrier"),
  W023: membarrierState("filtered-enosys", "A seccomp filter hides membarrier"),
  W024: membarrierState("filtered-kill", "A seccomp filter kills processes that call membarrier"),
  W025: membarrierState("absent", "The kernel has no membarrier"),
  W026: membarrierState("error", "Probing membarrier failed"),
} satisfies Record<string, Rule>;
