import { factsOf } from "../../environment/testdata/fixtures.ts";
import { cost, host, membarrier, testCases, type WarningCases } from "../testdata/warning_cases.ts";
import type { CPU_RULES } from "./cpus.ts";

const change = { step: "cost munmap", which: "online", before: "0-1", after: "0" } as const;
const CPU = "/sys/devices/system/cpu/";

const CASES: WarningCases<keyof typeof CPU_RULES> = {
  W001: {
    on: [{ facts: { ...factsOf("kvm"), allowed: [1] } }],
    off: [{ facts: factsOf("kvm") }],
  },
  W002: {
    on: [{ facts: host("kvm", { "/proc/loadavg": "1.10 0.4 0.1 2/90 99\n" }) }],
    off: [
      { facts: host("kvm", { "/proc/loadavg": "1.00 0.4 0.1 2/90 99\n" }) },
      { facts: host("xeon", { "/proc/loadavg": "3.90 0.4 0.1 2/90 99\n" }) },
      { facts: host("kvm", { "/proc/loadavg": null }) },
    ],
  },
  W003: {
    on: [
      { facts: factsOf("kvm"), loadAfter: "3.20", results: [cost()] },
      { facts: factsOf("kvm"), loadAfter: "2.20" },
    ],
    // Two threads of the lab's own account for 2.
    off: [
      { facts: factsOf("kvm"), loadAfter: "2.90", results: [cost()] },
      { facts: factsOf("kvm"), loadAfter: "1.90" },
      { facts: factsOf("kvm") },
    ],
  },
  W004: { on: [{ facts: factsOf("hyperv") }], off: [{ facts: factsOf("xeon") }] },
  W005: {
    on: [{ facts: factsOf("epyc") }, { facts: factsOf("hyperv") }],
    off: [{ facts: { ...factsOf("epyc"), allowed: [0, 1, 2, 3] } }, { facts: factsOf("xeon") }],
  },
  W006: {
    on: [
      { facts: factsOf("xeon"), results: [cost({ siblingCpus: [4] })] },
      { facts: factsOf("xeon"), results: [cost({ siblingCpus: [1, 5], siblings: 2 })] },
      { facts: { ...factsOf("xeon"), files: { [`${CPU}smt/active`]: "1\n" } } },
    ],
    off: [
      { facts: factsOf("xeon") },
      { facts: factsOf("xeon"), results: [cost()] },
      { facts: factsOf("xeon"), results: [cost({ siblingCpus: [4], placement: "smt" })] },
    ],
  },
  W007: {
    on: [{ facts: factsOf("epyc") }],
    off: [{ facts: factsOf("xeon") }, { facts: factsOf("kvm") }],
  },
  W008: { on: [{ facts: factsOf("altra") }], off: [{ facts: factsOf("xeon") }] },
  W049: {
    on: [{ facts: factsOf("kvm"), cpuChanges: [change] }],
    off: [{ facts: factsOf("kvm"), cpuChanges: [] }, { facts: factsOf("kvm") }],
  },
  W009: {
    on: [
      { facts: factsOf("altra") },
      { facts: factsOf("kvm"), capabilities: membarrier("native", 0x3fe) },
    ],
    off: [
      { facts: factsOf("xeon") },
      { facts: factsOf("kvm"), capabilities: membarrier("absent", 0) },
    ],
  },
};

testCases(CASES);
