import { assert, assertEquals } from "@std/assert";
import type { Capabilities } from "../environment/capabilities.ts";
import { factsOf, type FixtureName, withFiles } from "../environment/testdata/fixtures.ts";
import { cost, type WarningCase, warningsOf } from "./testdata/warning_cases.ts";
import { knownWarnings } from "./warnings.ts";

Deno.test("warningsFor() has nothing to say about a tuned bare-metal machine", () => {
  const warnings = warningsOf({ facts: factsOf("xeon"), loadAfter: "1.4", results: [cost()] });
  assertEquals(warnings, []);
});

Deno.test("warningsFor() orders by code and gives finding, meaning, remedy and weight", () => {
  const results = [cost({ count: 1, dropped: 1 }), cost({ technique: "munmap", dropped: 9e9 })];
  const warnings = warningsOf({ facts: factsOf("hyperv"), results });
  const codes = warnings.map((warning) => warning.code);
  assertEquals(codes, codes.toSorted());
  assertEquals(warnings.filter((warning) => warning.code === "W038").length, 2);
  const [first] = warnings.filter((warning) => warning.code === "W038");
  const { reason, remedy } = knownWarnings.find(({ code }) => code === "W038")!;
  assertEquals(first, {
    code: "W038",
    message: "50.0 % of the samples of mprotect (1 sibling, 1 caller) were dropped: " +
      reason,
    remedy,
    invalidates: true,
  });
});

Deno.test("warningsFor() names each right that an unprivileged user lacks, with its limit", () => {
  const warning = warningsOf({ facts: factsOf("hyperv") }).find(({ code }) => code === "W016");
  assert(
    warning?.message.startsWith(
      "The lab runs as uid 1000 without CAP_SYS_NICE (RLIMIT_RTPRIO 0, RLIMIT_NICE 0), " +
        "CAP_IPC_LOCK (RLIMIT_MEMLOCK 8192), CAP_PERFMON (perf_event_paranoid 4): ",
    ),
  );
});

Deno.test("warningsFor() says how far load, cpuset and filters go", () => {
  const findings = (name: FixtureName, changes: Partial<WarningCase> = {}): string[] =>
    warningsOf({ facts: factsOf(name), ...changes }).map(({ code, message }) =>
      `${code} ${message.split(": ")[0]}`
    );
  const busy = withFiles(factsOf("kvm"), { "/proc/loadavg": "5.5 1 1 1/2 3\n" });
  const loads = findings("kvm", { facts: busy, loadAfter: "6.25", results: [cost()] });
  assertEquals(loads.slice(0, 2), [
    "W002 The load average was 5.5 on 2 CPUs before the run",
    "W003 The load average was 6.25 on 2 CPUs after the run, at most 2 of it the lab's own threads",
  ]);
  const container = findings("hyperv");
  assert(container.includes(
    "W004 Only CPUs 0-1 of 0-3 may be used (cpuset of the control group",
  ));
  const pinned = { facts: { ...factsOf("epyc"), allowed: [0, 1] } };
  assert(findings("epyc", pinned).includes("W004 Only CPUs 0-1 of 0-7 may be used"));
  const filtersOf = (count: string): string[] => {
    const status = `Seccomp:\t2\nSeccomp_filters:\t${count}\n`;
    const facts = withFiles(factsOf("kvm"), { "/proc/self/status": status });
    return findings("kvm", { facts, capabilities: { seccompMode: 2 } });
  };
  assert(filtersOf("1").includes("W017 A seccomp filter is active"));
  assert(filtersOf("2").includes("W017 2 seccomp filters are active"));
  assert(filtersOf("?").includes("W017 A seccomp filter is active"));
});

Deno.test("warningsFor() says what refused, once", () => {
  const counting = {
    available: true,
    source: "proc-interrupts",
    events: [],
    errno: "EACCES",
    reason: "tracefs cannot be opened (EACCES)",
  } as const;
  const message = (changes: Partial<Capabilities>, code: string): string =>
    warningsOf({ facts: factsOf("xeon"), capabilities: changes })
      .find((warning) => warning.code === code)?.message ?? "";
  assert(
    message({ counting: { ...counting, events: [] } }, "W018").startsWith(
      "Interrupts are counted from /proc/interrupts (tracefs cannot be opened (EACCES)): ",
    ),
  );
  const realtime = { available: false, errno: "EPERM", reason: "SCHED_FIFO is refused" };
  assert(
    message({ mlock: { available: false, errno: "ENOMEM", reason: null } }, "W015").startsWith(
      "mlock is refused (ENOMEM): ",
    ),
  );
  assert(
    message({ realtime }, "W010").startsWith(
      "No real-time priority (EPERM: SCHED_FIFO is refused): ",
    ),
  );
});

Deno.test("the catalogue is written like the rest of the house", () => {
  const codes = knownWarnings.map(({ code }) => code);
  assertEquals(codes, codes.map((_, index) => `W${String(index + 1).padStart(3, "0")}`));
  for (const { code, reason, remedy } of knownWarnings) {
    assert(!/[.!]$/.test(reason) && !/[.!]$/.test(remedy), `${code} ends with a period`);
    assert(/^[A-Z]/.test(remedy), `${code}: the remedy starts with a capital`);
  }
});
