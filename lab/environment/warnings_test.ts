import { assert, assertEquals } from "@std/assert";
import type { Capabilities } from "./capabilities.ts";
import { factsOf } from "./testdata/fixtures.ts";
import { cost, warningsOf } from "./testdata/warning_cases.ts";
import { WARNING_CATALOGUE } from "./warning_catalogue.ts";

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
  assertEquals(first, {
    code: "W038",
    message: "50.0 % of the samples of mprotect (1 sibling, 1 caller) were dropped: " +
      WARNING_CATALOGUE.W038.reason,
    remedy: WARNING_CATALOGUE.W038.remedy,
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
    message({ realtime }, "W010").startsWith(
      "No real-time priority (EPERM: SCHED_FIFO is refused): ",
    ),
  );
});

Deno.test("the catalogue is written like the rest of the house", () => {
  const codes = Object.keys(WARNING_CATALOGUE);
  assertEquals(codes, codes.map((_, index) => `W${String(index + 1).padStart(3, "0")}`));
  for (const [code, { reason, remedy }] of Object.entries(WARNING_CATALOGUE)) {
    assert(!/[.!]$/.test(reason) && !/[.!]$/.test(remedy), `${code} ends with a period`);
    assert(/^[A-Z]/.test(remedy), `${code}: the remedy starts with a capital`);
  }
});
