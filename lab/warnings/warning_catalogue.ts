/**
 * Every warning fencelab can give about a host, as data; those about results stand with the
 * experiments that they are about.
 *
 * Numbers are fixed for ever: runs, reports and other tools refer to them. A new warning takes the
 * next free number; a warning that is given up leaves a gap.
 *
 * @module
 */

import { techniques } from "../format/techniques.ts";
import type { WarningMeaning } from "../judgement/own_warning.ts";

/** From which value on a finding counts. */
export const THRESHOLDS = {
  /** Runnable threads of others per online CPU, averaged over a minute. */
  loadPerCpu: 0.5,
  /** Smallest step of the clock in nanoseconds. */
  clockStepNs: 20,
  /** Share of each period that real-time threads may run. */
  rtShare: 0.5,
  /** Pages a process must be able to lock: one for each technique that locks one, and a spare. */
  lockedPages: 4,
} as const;

const LOCKING = techniques.filter(({ locks }) => locks).map(({ id }) => id);

/** Warnings about hosts by code. */
export const WARNING_CATALOGUE = {
  W001: {
    reason: "nothing that needs a running sibling thread can be measured",
    remedy: "Give the lab two CPUs or more (taskset, cpuset, container or guest settings)",
    invalidates: false,
  },
  W002: {
    reason: "other threads preempt caller and siblings, so samples are dropped and tails grow",
    remedy: "Stop what else runs on the host, wait a minute and run again",
    invalidates: false,
  },
  W003: {
    reason: "other threads competed with the measurement, so samples were dropped and tails grew",
    remedy: "Stop what else runs on the host and run again; compare only runs without this warning",
    invalidates: false,
  },
  W004: {
    reason: "the lab sees a part of the machine, and some placements may be missing",
    remedy: "Widen the affinity mask or the cpuset (taskset -c, systemd AllowedCPUs=, docker " +
      "--cpuset-cpus)",
    invalidates: false,
  },
  W005: {
    reason: "threads are throttled for the rest of a period once the quota is used up, which " +
      "shows as tails of milliseconds",
    remedy: "Lift the quota (systemd CPUQuota=, docker --cpus, Kubernetes limits.cpu)",
    invalidates: false,
  },
  W006: {
    reason: "the cost contains the competition between hardware threads of one core",
    remedy: "Ask for fewer threads or another placement, or turn SMT off " +
      "(echo off > /sys/devices/system/cpu/smt/control)",
    invalidates: false,
  },
  W007: {
    reason: "clock frequencies follow the load, so costs depend on what ran just before",
    remedy: "Set the governor to performance (cpupower frequency-set -g performance)",
    invalidates: false,
  },
  W008: {
    reason:
      "the scheduler moves no thread there, and the lab uses them only if its affinity mask " +
      "names them",
    remedy: "Start the lab with the CPUs it shall use (taskset -c LIST deno task lab)",
    invalidates: false,
  },
  W009: {
    reason: "membarrier GLOBAL answers EINVAL, and interrupts to these CPUs disturb what they " +
      "were set apart for",
    remedy: "Boot without nohz_full to measure GLOBAL; use the expedited commands otherwise",
    invalidates: false,
  },
  W010: {
    reason: "ordinary threads can preempt caller and siblings, so more samples are dropped",
    remedy: "Run as root, or grant CAP_SYS_NICE or RLIMIT_RTPRIO of 1 or more " +
      "(/etc/security/limits.conf, systemd LimitRTPRIO=1)",
    invalidates: false,
  },
  W011: {
    reason: "the lab's threads compete at ordinary priority with everything else on the host",
    remedy: "Grant CAP_SYS_NICE, or turn autogroups on (sysctl kernel.sched_autogroup_enabled=1)",
    invalidates: false,
  },
  W012: {
    reason: "a real-time thread that never sleeps can lock up its CPU, and kernel threads that " +
      "barriers wait for may not run",
    remedy: "Restore the default (sysctl kernel.sched_rt_runtime_us=950000)",
    invalidates: false,
  },
  W013: {
    reason: "real-time threads are stopped for most of each period, so batches end early and " +
      "samples are dropped",
    remedy:
      "Restore the default (sysctl kernel.sched_rt_runtime_us=950000; in a v1 control group " +
      "raise cpu.rt_runtime_us)",
    invalidates: false,
  },
  W014: {
    reason: "techniques that lock a page may be refused",
    remedy: "Raise the limit (ulimit -l unlimited, systemd LimitMEMLOCK=infinity, docker " +
      "--ulimit memlock=-1) or grant CAP_IPC_LOCK",
    invalidates: false,
  },
  W015: {
    reason: `techniques that lock their page (${LOCKING.join(", ")}) are not available; a ` +
      "library that ignores this failure loses its barrier without a sign",
    remedy: "Raise RLIMIT_MEMLOCK, grant CAP_IPC_LOCK, or allow mlock in the seccomp profile",
    invalidates: false,
  },
  W016: {
    reason: "what needs these rights is left out or measured less strictly",
    remedy: "Run as root, or grant the capabilities named " +
      "(setpriv, systemd AmbientCapabilities=, docker --cap-add)",
    invalidates: false,
  },
  W017: {
    reason: "every measured system call also pays for the filter",
    remedy: "Run without the filter to measure the kernel alone (docker --security-opt " +
      "seccomp=unconfined)",
    invalidates: false,
  },
  W018: {
    reason: "interrupts per operation are differences of system-wide counters and include those " +
      "that other programs cause",
    remedy: "Allow perf counting: run as root or with CAP_PERFMON and mount tracefs",
    invalidates: false,
  },
  W019: {
    reason: "no cost has interrupts per operation beside it, so nothing shows that the barrier " +
      "reached the siblings",
    remedy: "Allow perf counting (root, CAP_PERFMON) or make /proc/interrupts readable",
    invalidates: false,
  },
  W020: {
    reason: "interrupts cannot be followed from sender to target, and capture is not possible",
    remedy: "Run as root with tracefs mounted (mount -t tracefs tracefs /sys/kernel/tracing)",
    invalidates: false,
  },
  W021: {
    reason: "the kernel refuses some kinds of tracing even to root",
    remedy: "Boot with lockdown=none (and secure boot off) where full tracing is needed",
    invalidates: false,
  },
  W022: {
    reason: "QUERY answers EPERM, which the kernel itself never does; libraries take it for " +
      "'not registered' and fall back",
    remedy: "Allow membarrier in the seccomp profile (Docker from 20.10 on does)",
    invalidates: false,
  },
  W023: {
    reason: "libraries take the kernel for one older than 4.3 and fall back",
    remedy: "Allow membarrier in the seccomp profile",
    invalidates: false,
  },
  W024: {
    reason: "a library that tries membarrier here is killed by SIGSYS",
    remedy: "Allow membarrier in the seccomp profile, or answer it with an errno",
    invalidates: false,
  },
  W025: {
    reason: "only fallbacks can be measured",
    remedy: "Use a kernel from 4.14 on that was built with CONFIG_MEMBARRIER",
    invalidates: false,
  },
  W026: {
    reason: "what the lab says about membarrier here rests on the failed probe",
    remedy: "Run 'deno task lab doctor' again; if it fails again, report it with its output",
    invalidates: false,
  },
  W027: {
    reason: "reading the clock is slower or less steady than the architecture's own counter",
    remedy: "Switch back (echo NAME > /sys/devices/system/clocksource/clocksource0/" +
      "current_clocksource) or find in the kernel's log why the counter was given up",
    invalidates: false,
  },
  W028: {
    reason: "single samples are multiples of this step; quantiles of cheap techniques are coarse",
    remedy: "Compare means of batches for techniques near this step",
    invalidates: false,
  },
  W030: {
    reason: "TLB flushes may skip preempted vCPUs, so mprotect, munmap and their like may send " +
      "no interrupt to a sibling that is not running; membarrier is not affected",
    remedy: "Rely on interrupts per operation, not on the technique's name; boot the guest with " +
      "nopv to compare",
    invalidates: false,
  },
  W031: {
    reason: "TLB flushes may be hypercalls, so mprotect, munmap and their like may send no " +
      "interrupt the guest can see; membarrier is not affected",
    remedy: "Do not use TLB techniques as barriers here; rely on interrupts per operation",
    invalidates: false,
  },
  W032: {
    reason: "TLB flushes are hypercalls of the hypervisor, so mprotect, munmap and their like " +
      "may send no interrupt the guest can see; membarrier is not affected",
    remedy: "Do not use TLB techniques as barriers here; rely on interrupts per operation",
    invalidates: false,
  },
  W033: {
    reason: "once a process runs on 4 CPUs its TLB flushes may become broadcasts without " +
      "interrupts, in the middle of a run; TLB techniques then have no effect on siblings",
    remedy: "Measure with 4 threads or more, watch interrupts per operation, and boot with " +
      "noinvlpgb to compare",
    invalidates: false,
  },
  W034: {
    reason: "TLB techniques send interrupts that they may not send under the default command line",
    remedy: "Boot without the option before concluding anything about other machines",
    invalidates: false,
  },
  W035: {
    reason: "TLB flushes are interrupts here, unlike on other machines of this architecture",
    remedy: "Boot without disable_tlbie before concluding anything about other machines",
    invalidates: false,
  },
  W036: {
    reason:
      "TLB flushes are broadcast by hardware and send no interrupt, so mprotect, munmap and " +
      "their like are no barrier for siblings",
    remedy: "Use membarrier; expect 0 interrupts per operation from TLB techniques",
    invalidates: false,
  },
  W037: {
    reason: "times mean nothing and are shown for the record; return codes, interrupt counts and " +
      "the order of events count",
    remedy: "Measure times on real hardware or under KVM",
    invalidates: false,
  },
  W049: {
    reason: "its threads did not run where they were to, so what it measured means nothing",
    remedy: "Leave CPUs online and the cpuset as it is while the lab runs, and run again",
    invalidates: true,
  },
  W050: {
    reason: "nothing was measured there, which says nothing of whether it can be used",
    remedy: "See what the reason names (CPUs that went away, memory, other load) and run again; " +
      "meanwhile what older runs of this host measured counts",
    invalidates: false,
  },
  W051: {
    reason: "times and orders are the translator's, interrupts and return codes those of the " +
      "machine below, and none of it is a fact about the core's architecture",
    remedy: "Measure on a machine of that architecture, or in a guest of the lab (--host qemu-…)",
    invalidates: true,
  },
  W052: {
    reason: "whether the processor or a program runs the core's code cannot be told",
    remedy: "Make /proc of the lab's own process readable (/proc/self/task, /proc/sys/kernel/arch)",
    invalidates: false,
  },
} as const satisfies Record<string, WarningMeaning>;

/** The number of a warning about a host: "W001". */
export type HostWarningCode = keyof typeof WARNING_CATALOGUE;
