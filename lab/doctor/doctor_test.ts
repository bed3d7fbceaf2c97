import { assert, assertEquals } from "@std/assert";
import { allCapabilities, factsOf, type FixtureName } from "../environment/testdata/fixtures.ts";
import { canRun, type Check, type Examined, type Surveyed } from "./check.ts";
import { examine } from "./doctor.ts";
import { TOOL_NAMES } from "./tool_checks.ts";
import type { Tools } from "./tools.ts";

const ALL_TOOLS: Tools = Object.fromEntries(TOOL_NAMES.map((name) => [name, `/usr/bin/${name}`]));
const NO_TOOLS: Tools = Object.fromEntries(TOOL_NAMES.map((name) => [name, null]));
const REFUSED = { available: false, errno: "EPERM", reason: "not allowed" };

/** A host on which everything works, with what a test changes. */
function examined(
  { facts, capabilities, ...changes }: Partial<Examined & Surveyed> = {},
  name: FixtureName = "xeon",
): Examined {
  return {
    surveyed: {
      facts: facts ?? factsOf(name),
      capabilities: capabilities ?? allCapabilities(),
    },
    tools: ALL_TOOLS,
    build: { state: "fresh", path: "/lab/build/libfencelab.so", reason: null },
    ...changes,
  };
}

function check(id: string, given: Examined): Check {
  const found = examine(given).filter((one) => one.id === id);
  assertEquals(found.length, 1, id);
  return found[0]!;
}

Deno.test("examine() finds everything well on a host where everything is there", () => {
  const checks = examine(examined());
  assertEquals(checks.filter((one) => one.state !== "ok"), []);
  assertEquals(checks.map((one) => one.id), [
    "core",
    "c-compiler",
    "processor",
    "cpus",
    "membarrier",
    "membarrier-use",
    "techniques",
    "counting",
    "tracefs",
    "mlock",
    "realtime",
    "autogroup",
    "cross-aarch64",
    "cross-ppc64le",
    "qemu-x86_64",
    "qemu-aarch64",
    "qemu-ppc64le",
    "ssh",
    "trace-processor",
  ]);
});

Deno.test("examine() makes the same checks, with reason and remedy, when the core cannot be asked", () => {
  const build = { state: "failed", path: null, reason: "gcc: error" } as const;
  const broken = examine(examined({ surveyed: null, build }));
  assertEquals(broken.map((one) => one.id), examine(examined()).map((one) => one.id));
  for (const one of broken) {
    if (one.state === "ok") continue;
    assert(one.reason !== null && one.remedy !== null, one.id);
  }
});

Deno.test("examine() names Debian's packages for every program that is missing", () => {
  const given = examined({ tools: NO_TOOLS });
  const remedies: [string, string][] = [
    ["c-compiler", "apt-get install gcc libc6-dev"],
    ["cross-aarch64", "apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross"],
    ["cross-ppc64le", "apt-get install gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross"],
    ["qemu-x86_64", "apt-get install qemu-system-x86"],
    ["qemu-aarch64", "apt-get install qemu-system-arm"],
    ["qemu-ppc64le", "apt-get install qemu-system-ppc"],
    ["ssh", "apt-get install openssh-client"],
  ];
  for (const [id, remedy] of remedies) {
    assertEquals([check(id, given).state, check(id, given).remedy], ["missing", remedy], id);
  }
  assertEquals(check("trace-processor", given).state, "limited");
});

Deno.test("examine() takes any C compiler", () => {
  const tools = { ...NO_TOOLS, clang: "/opt/clang" };
  assertEquals(check("c-compiler", examined({ tools })).detail, "/opt/clang");
});

Deno.test("examine() asks for no cross compiler to the host's own architecture", () => {
  const ids = examine(examined({}, "altra")).map((one) => one.id);
  assert(!ids.includes("cross-aarch64"));
  assert(ids.includes("cross-ppc64le"));
});

Deno.test("examine() names each membarrier command that is offered and each that is not", () => {
  const all = check("membarrier", examined());
  assertEquals(
    all.detail,
    "0x3ff: GLOBAL, GLOBAL_EXPEDITED, REGISTER_GLOBAL_EXPEDITED, PRIVATE_EXPEDITED, " +
      "REGISTER_PRIVATE_EXPEDITED, PRIVATE_EXPEDITED_SYNC_CORE, " +
      "REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, PRIVATE_EXPEDITED_RSEQ, " +
      "REGISTER_PRIVATE_EXPEDITED_RSEQ, GET_REGISTRATIONS",
  );
  const membarrier = { ...allCapabilities().membarrier, mask: 0x1fe };
  const some = check(
    "membarrier",
    examined({ capabilities: { ...allCapabilities(), membarrier } }),
  );
  assertEquals(some.state, "limited");
  assertEquals(
    some.reason,
    "Not offered: GLOBAL (from 4.3 on, not under nohz_full), GET_REGISTRATIONS (from 6.3 on)",
  );
});

Deno.test("examine() passes on why membarrier is filtered, and the remedy for that filter", () => {
  for (const state of ["filtered-eperm", "filtered-kill", "absent", "error"] as const) {
    const membarrier = { state, mask: 0, errno: "EPERM", reason: "because" };
    const capabilities = { ...allCapabilities(), membarrier };
    const found = check("membarrier", examined({ capabilities }));
    assertEquals([found.state, found.detail, found.reason], ["missing", state, "because"]);
    assert(found.remedy !== null);
  }
});

Deno.test("examine() tells use of membarrier from its offer", () => {
  const [first, ...others] = allCapabilities().techniques;
  const refused = { ...first!, ...REFUSED };
  const capabilities = { ...allCapabilities(), techniques: [refused, ...others] };
  const found = check("membarrier-use", examined({ capabilities }));
  assertEquals(found.state, "limited");
  assertEquals(found.detail, "membarrier-sync-core");
  assertEquals(found.reason, "membarrier-private-expedited: EPERM, not allowed");
  const useOf = (techniques: typeof others): Check =>
    check("membarrier-use", examined({ capabilities: { ...allCapabilities(), techniques } }));
  assertEquals(useOf([refused]).state, "missing");
  assertEquals([useOf([]).state, useOf([]).reason], ["missing", "The probe tried none"]);
});

Deno.test("examine() lists the techniques that are refused", () => {
  const techniques = allCapabilities().techniques.map((one) =>
    one.id === "munmap" ? { ...one, ...REFUSED } : one
  );
  const found = check(
    "techniques",
    examined({ capabilities: { ...allCapabilities(), techniques } }),
  );
  assertEquals([found.state, found.detail], ["limited", "1 of 2"]);
  assertEquals(found.reason, "munmap: EPERM, not allowed");
});

Deno.test("examine() tells perf counting from /proc/interrupts and from none", () => {
  const state = (source: "perf" | "proc-interrupts" | null): string => {
    const counting = { ...REFUSED, available: source !== null, source, events: [] };
    return check("counting", examined({ capabilities: { ...allCapabilities(), counting } })).state;
  };
  assertEquals([state("perf"), state("proc-interrupts"), state(null)], [
    "ok",
    "limited",
    "missing",
  ]);
});

Deno.test("examine() wants the event groups of the host's architecture", () => {
  const tracefs = { ...allCapabilities().tracefs, groups: ["irq_vectors"] };
  const found = check("tracefs", examined({ capabilities: { ...allCapabilities(), tracefs } }));
  assertEquals(found.state, "limited");
  assertEquals(found.reason, "Event groups not in this kernel: ipi, csd, tlb");
  assertEquals(found.detail, "/sys/kernel/tracing: irq_vectors");
  const power = { ...allCapabilities().tracefs, groups: ["ipi", "csd", "powerpc"] };
  const given = examined({ capabilities: { ...allCapabilities(), tracefs: power } }, "qemuPower");
  assertEquals(check("tracefs", given).state, "ok");
  const refused = { ...REFUSED, path: null, groups: [] };
  const none = examined({ capabilities: { ...allCapabilities(), tracefs: refused } });
  assertEquals(check("tracefs", none).state, "missing");
});

Deno.test("examine() weighs the limit of locked memory against pages and CAP_IPC_LOCK", () => {
  const mlockOf = (memlock: number | null, capEff: string): [string, string] => {
    const facts = { ...factsOf("xeon"), capEff, limits: { memlock, rtprio: 0, nice: 0 } };
    const { state, detail } = check("mlock", examined({ facts }));
    return [state, detail];
  };
  assertEquals(mlockOf(16384, "0"), ["ok", "RLIMIT_MEMLOCK 16384 bytes"]);
  assertEquals(mlockOf(16383, "0"), ["limited", "RLIMIT_MEMLOCK 16383 bytes"]);
  assertEquals(mlockOf(16383, "4000"), ["ok", "RLIMIT_MEMLOCK 16383 bytes, CAP_IPC_LOCK"]);
  assertEquals(mlockOf(null, "0"), ["ok", "RLIMIT_MEMLOCK unlimited"]);
});

Deno.test("examine() says what refused a right, the errno once", () => {
  const mlockOf = (mlock: Partial<typeof REFUSED>): string | null => {
    const capabilities = { ...allCapabilities(), mlock: { ...REFUSED, ...mlock } };
    return check("mlock", examined({ capabilities })).reason;
  };
  assertEquals(mlockOf({}), "EPERM: not allowed");
  assertEquals(mlockOf({ reason: "mlock answers EPERM" }), "Mlock answers EPERM");
});

Deno.test("examine() finds one CPU, no priority and no autogroup limiting", () => {
  const facts = { ...factsOf("xeon"), allowed: [3] };
  const capabilities = { ...allCapabilities(), realtime: REFUSED, autogroup: REFUSED };
  const given = examined({ facts, capabilities });
  for (const id of ["cpus", "realtime", "autogroup"]) {
    assertEquals(check(id, given).state, "limited", id);
  }
  assertEquals(check("cpus", given).detail, "3 of 0-7");
});

Deno.test("canRun() holds as long as there is a core, or a compiler to build it", () => {
  const runs = (state: Examined["build"]["state"], tools: Tools): boolean =>
    canRun(examine(examined({ tools, build: { state, path: null, reason: null } })));
  assertEquals([runs("fresh", ALL_TOOLS), runs("fresh", NO_TOOLS)], [true, true]);
  assertEquals([runs("missing", ALL_TOOLS), runs("missing", NO_TOOLS)], [true, false]);
  assertEquals([runs("failed", ALL_TOOLS), canRun([])], [false, false]);
});
