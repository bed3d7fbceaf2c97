import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ProgramReport } from "./report.ts";
import { renderSection } from "../document/terminal.ts";
import type { RenderOptions } from "../text/style.ts";
import { programSection } from "./section.ts";

const interruption = {
  senderPid: 10,
  senderName: "gc\x1b[31m",
  syscall: "sys_membarrier",
  callsite: "membarrier_private_expedited+0x1a0",
  kind: "ipi",
  name: "call_function_single",
  func: "ipi_mb",
  cpu: 1,
  victimPid: 10,
  victimName: "gc\x1b[31m",
  interrupts: 42,
  lostNs: 42_000,
  maxLostNs: 2000,
  maxSendToEntry: null,
};

const report: ProgramReport = {
  pids: [10],
  syscalls: [{
    pid: 10,
    processName: "gc",
    syscall: "sys_membarrier",
    calls: 42,
    targets: 42,
    p50: 11_000,
    p99: 19_000,
    max: 111_000,
  }],
  caused: [interruption],
  suffered: [interruption],
  eventCounts: [],
};

const options: RenderOptions = { color: false, width: 160 };

function renderProgram(report: ProgramReport, options: RenderOptions): string {
  return renderSection(programSection(report), options);
}

Deno.test("programSection() says which calls hit whom, and what it cost", () => {
  const text = renderProgram(report, options);
  assertStringIncludes(text, "  membarrier      42        42  11.0 µs  19.0 µs  111 µs");
  assert(/42 +membarrier +membarrier_private_expedited +ipi_mb +1 /.test(text), text);
  assertStringIncludes(text, "Interrupts that it suffered");
  assert(!text.includes("\x1b"), "names of a trace are not obeyed by the terminal");
});

Deno.test("programSection() names processes where there are several, and says what it left out", () => {
  const many = {
    ...report,
    pids: [10, 11],
    caused: Array.from({ length: 20 }, () => interruption),
  };
  const text = renderProgram(many, options);
  assertStringIncludes(text, "gc (10)");
  assertStringIncludes(text, "and 8 rows more in the trace");
});

Deno.test("programSection() of a machine or of a quiet program has its own words", () => {
  const whole = renderProgram({ ...report, pids: [], caused: [] }, options);
  assertStringIncludes(whole, "Interrupts sent\n  none");
  assertEquals(whole.includes("suffered"), false);
});
