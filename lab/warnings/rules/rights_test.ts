import { factsOf } from "../../environment/testdata/fixtures.ts";
import { host, membarrier, testCases, type WarningCases } from "../testdata/warning_cases.ts";
import type { RIGHTS_RULES } from "./rights.ts";

const REFUSED = { available: false, errno: "EPERM", reason: null };

const CASES: WarningCases<keyof typeof RIGHTS_RULES> = {
  W010: {
    on: [{ facts: factsOf("kvm"), capabilities: { realtime: REFUSED } }],
    off: [{ facts: factsOf("kvm"), capabilities: { autogroup: REFUSED } }],
  },
  W011: {
    on: [{ facts: factsOf("kvm"), capabilities: { realtime: REFUSED, autogroup: REFUSED } }],
    off: [
      { facts: factsOf("kvm"), capabilities: { realtime: REFUSED } },
      { facts: factsOf("kvm"), capabilities: { autogroup: REFUSED } },
    ],
  },
  W012: {
    on: [{ facts: host("kvm", { "/proc/sys/kernel/sched_rt_runtime_us": "-1\n" }) }],
    off: [{ facts: factsOf("kvm") }],
  },
  W013: {
    on: [
      { facts: host("kvm", { "/proc/sys/kernel/sched_rt_runtime_us": "400000\n" }) },
      { facts: host("kvm", { "/proc/sys/kernel/sched_rt_runtime_us": "0\n" }) },
      { facts: host("kvm", { "/sys/fs/cgroup/cpu/cpu.rt_runtime_us": "0\n" }) },
    ],
    off: [
      { facts: host("kvm", { "/proc/sys/kernel/sched_rt_runtime_us": "-1\n" }) },
      { facts: host("kvm", { "/sys/fs/cgroup/cpu/cpu.rt_runtime_us": "950000\n" }) },
      { facts: host("kvm", { "/proc/sys/kernel/sched_rt_runtime_us": "500000\n" }) },
      {
        facts: host("kvm", {
          "/proc/sys/kernel/sched_rt_runtime_us": "0\n",
          "/proc/sys/kernel/sched_rt_period_us": null,
        }),
      },
    ],
  },
  W014: {
    on: [{ facts: factsOf("hyperv") }],
    off: [
      { facts: { ...factsOf("hyperv"), capEff: "4000" } },
      { facts: { ...factsOf("hyperv"), limits: { memlock: 16384, rtprio: 0, nice: 0 } } },
      { facts: { ...factsOf("hyperv"), limits: { memlock: null, rtprio: 0, nice: 0 } } },
    ],
  },
  W015: {
    on: [{ facts: factsOf("kvm"), capabilities: { mlock: REFUSED } }],
    off: [{ facts: factsOf("kvm") }],
  },
  W016: {
    on: [{ facts: factsOf("hyperv") }, { facts: { ...factsOf("kvm"), capEff: "4004204000" } }],
    // CAP_SYS_ADMIN stands in for CAP_PERFMON on kernels before 5.8.
    off: [{ facts: factsOf("kvm") }, { facts: { ...factsOf("kvm"), capEff: "a04000" } }],
  },
  W017: {
    on: [
      { facts: factsOf("hyperv"), capabilities: { seccompMode: null } },
      { facts: factsOf("kvm"), capabilities: { seccompMode: 2 } },
    ],
    off: [{ facts: factsOf("kvm") }],
  },
  W022: {
    on: [{ facts: factsOf("kvm"), capabilities: membarrier("filtered-eperm") }],
    off: [
      { facts: factsOf("kvm"), capabilities: membarrier("filtered-enosys") },
      { facts: factsOf("kvm") },
    ],
  },
  W023: {
    on: [{ facts: factsOf("kvm"), capabilities: membarrier("filtered-enosys") }],
    off: [
      { facts: factsOf("kvm"), capabilities: membarrier("absent") },
      { facts: factsOf("kvm") },
    ],
  },
  W024: {
    on: [{ facts: factsOf("kvm"), capabilities: membarrier("filtered-kill") }],
    off: [
      { facts: factsOf("kvm"), capabilities: membarrier("error") },
      { facts: factsOf("kvm") },
    ],
  },
  W025: {
    on: [{ facts: factsOf("kvm"), capabilities: membarrier("absent") }],
    off: [
      { facts: factsOf("kvm"), capabilities: membarrier("filtered-enosys") },
      { facts: factsOf("kvm") },
    ],
  },
  W026: {
    on: [{ facts: factsOf("kvm"), capabilities: membarrier("error") }],
    off: [
      { facts: factsOf("kvm"), capabilities: membarrier("absent") },
      { facts: factsOf("kvm") },
    ],
  },
};

testCases(CASES);
