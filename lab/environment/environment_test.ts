import { assertEquals, assertThrows } from "@std/assert";
import { HostError } from "../format/host_error.ts";
import { environmentAfter, environmentOf, hostOf } from "./environment.ts";
import { factsOf, type FixtureName, withFiles } from "./testdata/fixtures.ts";

const ALL: FixtureName[] = [
  "altra",
  "epyc",
  "hyperv",
  "kvm",
  "lpar",
  "qemuArm",
  "qemuPower",
  "xeon",
];

Deno.test("environmentOf() is plain JSON on every recorded host", () => {
  for (const name of ALL) {
    const environment = environmentOf(factsOf(name));
    assertEquals(JSON.parse(JSON.stringify(environment)), environment, name);
  }
});

Deno.test("environmentOf() knows nothing, and fails at nothing, where no file can be read", () => {
  const environment = environmentOf({ ...factsOf("kvm"), files: {} });
  assertEquals(environment.cpu.model, null);
  assertEquals(environment.load, { before: null, after: null });
  assertEquals(environment.privileges.seccomp, { mode: null, filters: null });
  assertEquals(environment.topology.cores, 2);
  assertEquals(JSON.parse(JSON.stringify(environment)), environment);
});

Deno.test("environmentOf() summarises CPUs and topology", () => {
  const environment = environmentOf(factsOf("xeon"));
  assertEquals(environment.topology, {
    packages: 2,
    nodes: 2,
    lastLevelCaches: 2,
    cores: 4,
    threadsPerCore: 2,
    sharedCores: ["0,4", "1,5", "2,6", "3,7"],
  });
  assertEquals(environment.smt, { active: true, control: "on" });
  assertEquals(environmentOf(factsOf("altra")).cpus, {
    online: "0-3",
    onlineCount: 4,
    possible: "0-3",
    possibleCount: 4,
    allowed: "0-1",
    allowedCount: 2,
    offline: "",
    isolated: "2-3",
    nohzFull: "2-3",
    changes: [],
  });
});

Deno.test("environmentOf() takes '(null)' as no nohz_full CPU and a missing file as unknown", () => {
  assertEquals(environmentOf(factsOf("xeon")).cpus.nohzFull, "");
  assertEquals(environmentOf(factsOf("kvm")).cpus.nohzFull, null);
});

Deno.test("environmentOf() leaves offline CPUs out of the allowed ones", () => {
  const { cpus } = environmentOf({ ...factsOf("xeon"), online: [0, 1, 2] });
  assertEquals([cpus.allowed, cpus.allowedCount], ["0-2", 3]);
});

Deno.test("environmentOf() reads frequency, idle driver, memory and clock", () => {
  const { frequency, idleDriver, memory, clock } = environmentOf(factsOf("xeon"));
  assertEquals(frequency, { governor: "performance", driver: "intel_pstate" });
  assertEquals(idleDriver, "intel_idle");
  assertEquals(memory, {
    pageSize: 4096,
    totalBytes: 131072000 * 1024,
    transparentHugepages: "madvise",
    tlbSinglePageFlushCeiling: 33,
  });
  assertEquals(clock, {
    source: "CLOCK_MONOTONIC",
    readNs: 19.2,
    stepNs: 1,
    clocksource: "tsc",
    availableClocksources: ["tsc", "hpet", "acpi_pm"],
  });
});

Deno.test("environmentOf() names every governor of a machine with several", () => {
  const path = "/sys/devices/system/cpu/cpu3/cpufreq/scaling_governor";
  const mixed = withFiles(factsOf("xeon"), { [path]: "powersave\n" });
  assertEquals(environmentOf(mixed).frequency.governor, "performance + powersave");
});

Deno.test("environmentOf() reads rights: capabilities, limits and seccomp", () => {
  const { privileges } = environmentOf(factsOf("hyperv"));
  assertEquals(privileges, {
    uid: 1000,
    capEff: "0000000000000000",
    capabilities: [],
    memlockBytes: 8192,
    rtprio: 0,
    nice: 0,
    seccomp: { mode: 2, filters: 1 },
  });
  // 01fffeffffff is all but bit 24, CAP_SYS_RESOURCE.
  assertEquals(environmentOf(factsOf("kvm")).privileges.capabilities, [
    "CAP_IPC_LOCK",
    "CAP_SYS_ADMIN",
    "CAP_SYS_NICE",
    "CAP_PERFMON",
  ]);
  const niceOnly = { ...factsOf("kvm"), capEff: "800000" };
  assertEquals(environmentOf(niceOnly).privileges.capabilities, ["CAP_SYS_NICE"]);
});

Deno.test("environmentOf() reads the scheduler's limits and perf's", () => {
  const environment = environmentOf(factsOf("hyperv"));
  assertEquals(environment.scheduler, {
    rtRuntimeUs: 950000,
    rtPeriodUs: 1000000,
    autogroupEnabled: true,
  });
  assertEquals([environment.perfEventParanoid, environment.kptrRestrict], [4, 0]);
});

Deno.test("environmentAfter() keeps the load before and leaves the first environment alone", () => {
  const before = environmentOf(factsOf("kvm"));
  const later = withFiles(factsOf("kvm"), { "/proc/loadavg": "1.93 0.60 0.21 3/214 4800\n" });
  const after = environmentAfter(before, later);
  assertEquals(after.load, {
    before: { one: 0, five: 0.02, fifteen: 0, running: 1, total: 212 },
    after: { one: 1.93, five: 0.6, fifteen: 0.21, running: 3, total: 214 },
  });
  assertEquals(before.load.after, null);
});

Deno.test("environmentOf() takes the lab's word that a host is emulated", () => {
  const guest = environmentOf(factsOf("qemuArm"), { emulated: true });
  assertEquals([guest.emulated, guest.hypervisor], [true, "qemu-tcg"]);
  const unknown = environmentOf(factsOf("qemuArm"));
  assertEquals([unknown.emulated, unknown.hypervisor], [false, "unknown"]);
  assertEquals(environmentOf(factsOf("qemuPower")).emulated, true);
  assertEquals(environmentOf(factsOf("kvm"), { emulated: true }).hypervisor, "kvm");
  assertEquals(environmentOf(factsOf("altra"), { emulated: true }).hypervisor, "qemu-tcg");
  assertEquals(environmentOf(factsOf("altra"), { emulated: false }).hypervisor, null);
});

Deno.test("hostOf() gives the part of run.json's host that facts tell", () => {
  assertEquals(hostOf(factsOf("lpar")), {
    arch: "ppc64le",
    kernel: "5.14.0-503.el9.ppc64le",
    cpus: 8,
    pageSize: 65536,
    hypervisor: "powervm",
    translator: null,
  });
  assertEquals(hostOf(factsOf("qemuArm"), { emulated: true }).hypervisor, "qemu-tcg");
  const other = factsOf("lpar");
  other.uname.machine = "riscv64";
  assertThrows(() => hostOf(other), HostError, "its architecture is 'riscv64', known are x86_64");
});
