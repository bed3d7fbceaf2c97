import { factsOf } from "../../environment/testdata/fixtures.ts";
import { host, testCases, type WarningCases } from "../testdata/warning_cases.ts";
import type { OBSERVING_RULES } from "./observing.ts";

const REFUSED = { available: false, errno: "EPERM", reason: null };
const LOCKED = "none integrity [confidentiality]\n";

const CASES: WarningCases<keyof typeof OBSERVING_RULES> = {
  W018: {
    on: [{
      facts: factsOf("kvm"),
      capabilities: {
        counting: {
          available: true,
          source: "proc-interrupts",
          events: [],
          errno: "EACCES",
          reason: "tracefs cannot be opened (EACCES)",
        },
      },
    }],
    off: [
      { facts: factsOf("kvm") },
      {
        facts: factsOf("kvm"),
        capabilities: { counting: { ...REFUSED, source: null, events: [] } },
      },
    ],
  },
  W019: {
    on: [{
      facts: factsOf("kvm"),
      capabilities: { counting: { ...REFUSED, source: null, events: [] } },
    }],
    off: [{ facts: factsOf("kvm") }],
  },
  W020: {
    on: [{
      facts: factsOf("kvm"),
      capabilities: { tracefs: { ...REFUSED, path: null, groups: [] } },
    }],
    off: [{ facts: factsOf("kvm") }],
  },
  W021: {
    on: [
      { facts: factsOf("epyc") },
      { facts: host("xeon", { "/sys/kernel/security/lockdown": LOCKED }) },
    ],
    off: [{ facts: factsOf("xeon") }, { facts: factsOf("kvm") }],
  },
  W027: {
    on: [{ facts: factsOf("hyperv") }],
    off: [
      { facts: factsOf("kvm") },
      { facts: factsOf("altra") },
      { facts: factsOf("lpar") },
      { facts: { ...factsOf("hyperv"), files: {} } },
      {
        facts: { ...factsOf("hyperv"), uname: { ...factsOf("hyperv").uname, machine: "riscv64" } },
      },
    ],
  },
  W028: {
    on: [{ facts: factsOf("altra") }, { facts: factsOf("hyperv") }],
    off: [
      { facts: factsOf("kvm") },
      { facts: factsOf("qemuArm") },
      {
        facts: { ...factsOf("kvm"), clock: { source: "CLOCK_MONOTONIC", readNs: 9, stepNs: 20 } },
      },
      {
        facts: {
          ...factsOf("kvm"),
          clock: { source: "CLOCK_MONOTONIC", readNs: 310, stepNs: 310 },
        },
      },
    ],
  },
};

testCases(CASES);
