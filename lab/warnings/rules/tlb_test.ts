import {
  factsOf,
  translatedOn,
  withBootOption,
  withFiles,
} from "../../environment/testdata/fixtures.ts";
import { host, testCases, type WarningCases } from "../testdata/warning_cases.ts";
import type { HostFacts } from "../../environment/facts.ts";
import type { TLB_RULES } from "./tlb.ts";

function withRelease(facts: HostFacts, release: string): HostFacts {
  return { ...facts, uname: { ...facts.uname, release } };
}

function withCpu(facts: HostFacts, from: string, to: string): HostFacts {
  const cpuinfo = facts.files["/proc/cpuinfo"]!.replaceAll(from, to);
  return { ...facts, files: { ...facts.files, "/proc/cpuinfo": cpuinfo } };
}

/** A core for arm64 on the KVM guest, by qemu-user. */
const translated = translatedOn("kvm", "aarch64", {
  runBy: "/usr/bin/qemu-aarch64-static",
  runByMachine: 62,
});

const hidden = { ...factsOf("kvm"), program: { ...factsOf("kvm").program, runBy: null } };

const CASES: WarningCases<keyof typeof TLB_RULES> = {
  W030: {
    on: [{ facts: factsOf("kvm") }, { facts: translated }],
    off: [
      { facts: factsOf("xeon") },
      { facts: { ...factsOf("kvm"), possible: [0], online: [0], allowed: [0] } },
      { facts: withBootOption(factsOf("kvm"), "nopv") },
      {
        facts: host("kvm", {
          "/proc/cpuinfo": factsOf("kvm").files["/proc/cpuinfo"]!.replaceAll(" pni ", " monitor "),
        }),
      },
      {
        facts: host("qemuPower", { "/proc/device-tree/hypervisor/compatible": "linux,kvm\0" }),
      },
    ],
  },
  W031: { on: [{ facts: factsOf("hyperv") }], off: [{ facts: factsOf("kvm") }] },
  W032: {
    on: [{ facts: host("xeon", { "/sys/hypervisor/type": "xen\n" }) }],
    off: [
      {
        facts: host("xeon", {
          "/sys/hypervisor/type": "xen\n",
          "/sys/class/dmi/id/product_name": "HVM domU\n",
        }),
      },
      { facts: factsOf("kvm") },
    ],
  },
  W033: {
    on: [
      { facts: factsOf("epyc") },
      {
        facts: {
          ...host("kvm", { "/proc/cpuinfo": "flags\t: hypervisor invlpgb\n" }),
          online: [0, 1, 2, 3],
          allowed: [0, 1, 2, 3],
        },
      },
    ],
    off: [
      { facts: { ...factsOf("epyc"), allowed: [0, 1, 2] } },
      { facts: withBootOption(factsOf("epyc"), "noinvlpgb") },
      { facts: withBootOption(factsOf("epyc"), "nopcid") },
      { facts: withRelease(factsOf("epyc"), "6.12.48") },
      { facts: withCpu(factsOf("epyc"), "cpu family\t: 25", "cpu family\t: 23") },
      { facts: withCpu(factsOf("epyc"), "AuthenticAMD", "HygonGenuine") },
      { facts: withCpu(factsOf("epyc"), " pcid ", " ") },
      { facts: factsOf("xeon") },
      {
        facts: { ...factsOf("kvm"), online: [0, 1, 2, 3], allowed: [0, 1, 2, 3] },
      },
    ],
  },
  W034: {
    on: [
      { facts: withBootOption(factsOf("epyc"), "noinvlpgb") },
      { facts: withBootOption(factsOf("epyc"), "nopcid") },
    ],
    // The guest's "--noinvlpgb" stands after "--" and is for its init.
    off: [
      { facts: factsOf("epyc") },
      { facts: withBootOption(factsOf("xeon"), "nopcid") },
      { facts: factsOf("kvm") },
    ],
  },
  W035: {
    on: [{ facts: withBootOption(factsOf("qemuPower"), "disable_tlbie") }],
    off: [
      { facts: factsOf("qemuPower") },
      { facts: withBootOption(factsOf("lpar"), "disable_tlbie") },
      { facts: withBootOption(factsOf("xeon"), "disable_tlbie") },
    ],
  },
  W036: {
    on: [
      { facts: factsOf("altra") },
      { facts: factsOf("qemuPower") },
      { facts: withBootOption(factsOf("lpar"), "disable_tlbie") },
    ],
    off: [
      { facts: factsOf("xeon") },
      { facts: withBootOption(factsOf("qemuPower"), "disable_tlbie") },
      { facts: translated },
    ],
  },
  W037: {
    on: [{ facts: factsOf("qemuPower") }, { facts: factsOf("qemuArm"), emulated: true }],
    off: [{ facts: factsOf("qemuArm") }, { facts: factsOf("kvm") }, { facts: translated }],
  },
  W051: {
    on: [{ facts: translated }],
    off: [{ facts: factsOf("kvm") }, { facts: factsOf("qemuPower") }, { facts: hidden }],
  },
  W052: {
    on: [{ facts: hidden }],
    off: [
      { facts: factsOf("kvm") },
      { facts: translated },
      { facts: withFiles(hidden, { "/proc/sys/kernel/arch": "x86_64\n" }) },
    ],
  },
};

testCases(CASES);
