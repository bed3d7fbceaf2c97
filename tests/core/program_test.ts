import { assert, assertEquals, assertStringIncludes } from "@std/assert";

import type { ProgramReport } from "../../lab/program/report.ts";
import { build } from "../fixtures/doors.ts";
import { lab } from "../fixtures/lab_process.ts";
import { cpus, hasProgram, isRoot, needs } from "../fixtures/needs.ts";

const tracing = {
  root: isRoot,
  "two CPUs": cpus >= 2,
  "x86-64": build.arch === "x86_64",
};

interface Answer extends ProgramReport {
  readonly program: { pid: number; exitStatus: number; exitSignal: number; timedOut: boolean };
  readonly lost: number;
}

/** Runs `lab trace --json` with a store of its own; nothing may stay in it. */
async function trace(...args: string[]): Promise<{ answer: Answer; stderr: string }> {
  const store = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await lab(["trace", "--json", "--out", store, ...args]);
    assertEquals(code, 0, stderr);
    assertEquals([...Deno.readDirSync(store)], []);
    return { answer: JSON.parse(stdout), stderr };
  } finally {
    await Deno.remove(store, { recursive: true });
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

async function compileCalls(directory: string): Promise<string> {
  const program = `${directory}/membarrier_calls`;
  const source = new URL("../fixtures/membarrier_calls.c", import.meta.url).pathname;
  const { success, stderr } = await new Deno.Command("gcc", {
    args: ["-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", program, source],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return program;
}

Deno.test({
  ...needs("a program's interrupts are ascribed to membarrier, in agreement with perf stat", {
    ...tracing,
    gcc: hasProgram("gcc"),
    perf: hasProgram("perf"),
  }),
  async fn(): Promise<void> {
    const place = await Deno.makeTempDir();
    try {
      const program = await compileCalls(place);
      const counts = `${place}/counts`;
      // perf looks for tracefs among the mounts, where it need not be
      const script = "mountpoint -q /sys/kernel/tracing || " +
        "mount -t tracefs nodev /sys/kernel/tracing; " +
        `exec perf stat -x, -o ${counts} -e ipi:ipi_send_cpu,csd:csd_queue_cpu ${program}`;
      const { answer, stderr } = await trace("--", "unshare", "--mount", "sh", "-c", script);
      assertEquals([answer.program.exitStatus, answer.lost], [3, 0], stderr);
      assertStringIncludes(stderr, "ten thousand calls");

      const membarrier = answer.syscalls.find(({ syscall }) => syscall === "sys_membarrier")!;
      // More than near() lets pass; how often a sibling is on its CPU depends on other load
      assert(membarrier.targets > SLACK, `${membarrier.targets} CPUs were hit`);
      const caused = sum(
        answer.caused.filter(({ func }) => func === "ipi_mb").map(({ interrupts }) => interrupts),
      );
      near(caused, membarrier.targets, "handlers and system calls");
      for (const line of Deno.readTextFileSync(counts).split("\n")) {
        const [count, , event] = line.split(",");
        if (!event?.includes(":")) continue;
        const name = event.split(":")[1];
        // perf's own process sends interrupts to read its counters
        const own = answer.eventCounts.filter((one) =>
          one.event === name && one.pid !== answer.program.pid &&
          one.processName?.startsWith("membarrier_call")
        );
        near(sum(own.map((one) => one.count)), Number(count), event);
      }
    } finally {
      await Deno.remove(place, { recursive: true });
    }
  },
});

/** Interrupts by which counts of the same may differ. */
const SLACK = 20;

/** Within 1 %, and a handful: perf stat counts from the program's exec on, the trace from its fork. */
function near(actual: number, expected: number, what: string): void {
  const slack = Math.max(0.01 * expected, SLACK);
  assert(Math.abs(actual - expected) <= slack, `${what}: ${actual} against ${expected}`);
}

Deno.test({
  ...needs("TLB shootdowns are ascribed to the calls that change mappings", {
    ...tracing,
    "stress-ng": hasProgram("stress-ng"),
  }),
  async fn(): Promise<void> {
    const { answer } = await trace("--", "stress-ng", "--tlb-shootdown", "1", "-t", "1");
    assertEquals(answer.program.exitStatus, 0);
    assert(answer.pids.length > 1, "stress-ng's children belong to it");
    const mapping = answer.syscalls.filter(({ syscall }) =>
      ["sys_mprotect", "sys_madvise", "sys_munmap"].includes(syscall)
    );
    // Its children have address spaces of their own, so few CPUs need to be interrupted
    const targets = sum(mapping.map((row) => row.targets));
    assert(targets > 0, JSON.stringify(answer.syscalls));
    const flushes = answer.caused.filter((row) =>
      row.func === "flush_tlb_func" && mapping.some(({ syscall }) => syscall === row.syscall)
    );
    near(sum(flushes.map(({ interrupts }) => interrupts)), targets, "flushes and system calls");
  },
});

Deno.test({
  ...needs("a program may be stopped after its time, and the whole machine be traced", tracing),
  async fn(): Promise<void> {
    const { answer } = await trace("--seconds", "0.3", "--", "sleep", "60");
    assertEquals([answer.program.timedOut, answer.program.exitSignal], [true, 9]);
    const whole = await trace("--seconds", "0.3");
    assertEquals([whole.answer.program.pid, whole.answer.pids], [0, []]);
    assert(sum(whole.answer.eventCounts.map(({ count }) => count)) > 10);
  },
});

const mistakes: [string[], string][] = [
  [["trace"], "Nothing to trace"],
  [["trace", "--seconds", "x"], "--seconds 'x'"],
  [["trace", "--buffer-kb", "1", "--", "true"], "--buffer-kb '1'"],
  [["trace", "--", "no-such-program"], "there is no program 'no-such-program'"],
  [["trace", "--engine", "steam", "--", "true"], "--engine 'steam'"],
];

for (const [args, message] of mistakes) {
  Deno.test(`lab ${args.join(" ")} is refused with cause and remedy`, async () => {
    const { code, stdout, stderr } = await lab(args);
    assertEquals([code, stdout], [1, ""], stderr);
    assertStringIncludes(stderr, message);
    assert(!stderr.includes("    at "), stderr);
  });
}
