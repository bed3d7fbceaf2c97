import { assert, assertEquals } from "@std/assert";

import { Session } from "../../ffi/session.ts";
import { parseCapabilities } from "../../lab/environment/capabilities.ts";
import { resultSchema } from "../../lab/experiments/run/results_schema.ts";
import type { CostResult } from "../../lab/experiments/run/run_schema.ts";
import { techniques } from "../../lab/format/techniques.ts";
import { build, type Door, doors, testBothDoors } from "../fixtures/doors.ts";
import { cpus, needs } from "../fixtures/needs.ts";

async function cost(
  session: Session,
  technique: string,
  callers: number[],
  siblings: number[],
  more: Record<string, string | number> = {},
): Promise<CostResult> {
  const [reply] = await session.request("cost", {
    technique,
    "caller-cpus": callers,
    "sibling-cpus": siblings,
    placement: siblings.length > 0 ? "same-cache" : "none",
    samples: 4000,
    "budget-ms": 2000,
    ...more,
  });
  const result = resultSchema.parse({ ...reply!.result, histogram: reply!.histogram });
  return result as CostResult;
}

async function localSession(): Promise<Session> {
  return await Session.open(doors.ffi());
}

async function canCount(): Promise<boolean> {
  await using session = await localSession();
  const [reply] = await session.request("probe");
  return parseCapabilities(reply!.result, "probe").counting.source === "perf";
}

const x86WithPerf = {
  "x86-64": build.arch === "x86_64",
  "two CPUs": cpus >= 2,
  "perf tracepoint counting": await canCount(),
};

/** Interrupts per operation with one running sibling on x86-64: value and tolerance. */
const expected: Readonly<Record<string, [number, number]>> = {
  none: [0, 0.01],
  fence: [0, 0.01],
  getppid: [0, 0.01],
  "membarrier-global-expedited": [1, 0.02],
  "membarrier-private-expedited": [1, 0.02],
  "membarrier-sync-core": [1, 0.02],
  "membarrier-rseq": [1, 0.02],
  "membarrier-rseq-cpu": [1, 0.02],
  mprotect: [2, 0.1],
  "mprotect-untouched": [0, 0.05],
  "mprotect-folly": [2, 0.1],
  "mprotect-folly-untouched": [0, 0.05],
  "mprotect-dotnet": [1, 0.05],
  "mprotect-dotnet-untouched": [0, 0.05],
  munmap: [1, 0.05],
  "munmap-untouched": [0, 0.05],
  "madvise-dontneed": [1, 0.05],
  "madvise-dontneed-untouched": [0, 0.05],
  mremap: [1, 0.05],
  "mremap-untouched": [0, 0.05],
  signal: [1, 0.05],
};

for (const [technique, [value, tolerance]] of Object.entries(expected)) {
  Deno.test({
    ...needs(`${technique} sends ${value} interrupts per operation to one sibling`, x86WithPerf),
    async fn(): Promise<void> {
      await using session = await localSession();
      const result = await cost(session, technique, [0], [1]);
      assert(result.available, result.reason ?? "");
      assert(result.count > 100, `only ${result.count} samples were kept`);
      const ipis = result.ipisPerOp!;
      assertEquals(ipis.source, "perf");
      assert(ipis.ops > 100, `only ${ipis.ops} operations were counted`);
      assert(Math.abs(ipis.value - value) <= tolerance, `${ipis.value} interrupts per operation`);
    },
  });
}

Deno.test({
  ...needs("without a sibling no technique sends interrupts, and both callers count", x86WithPerf),
  async fn(): Promise<void> {
    await using session = await localSession();
    const alone = await cost(session, "membarrier-private-expedited", [0], []);
    assertEquals(alone.dropped, 0 + alone.droppedWhy.preempted + callerPreempted(alone));
    assert(alone.ipisPerOp!.value < 0.01);
    // Two callers interrupt each other; one that sleeps on the kernel's mutex may be spared
    const both = await cost(session, "membarrier-private-expedited", [0, 1], []);
    assert(both.count > 0, JSON.stringify(both.droppedWhy));
    const { value } = both.ipisPerOp!;
    assert(value > 0 && value < 1.02, `${value} interrupts per operation`);
  },
});

function callerPreempted(result: CostResult): number {
  return result.droppedWhy.callerPreempted ?? 0;
}

Deno.test({
  ...needs("interrupts are counted from /proc/interrupts where perf may not be used", x86WithPerf),
  async fn(): Promise<void> {
    await using session = await localSession();
    const result = await cost(session, "membarrier-private-expedited", [0], [1], { count: "proc" });
    assertEquals(result.ipisPerOp!.source, "proc-interrupts");
    // The whole CPU is counted, so other processes' interrupts come in
    const { value } = result.ipisPerOp!;
    assert(value >= 0.98 && value < 1.5, `${value} interrupts per operation`);
  },
});

testBothDoors("count, drops and histogram of a cost result agree", async (session) => {
  const sibling = cpus > 1 ? [1] : [];
  for (const technique of ["getppid", "membarrier-private-expedited", "munmap"]) {
    const result = await cost(session, technique, [0], sibling);
    assert(result.available, result.reason ?? "");
    const why = result.droppedWhy;
    assertEquals(
      result.dropped,
      why.beforeNotRunning + why.afterNotRunning + why.preempted + callerPreempted(result) +
        (why.failed ?? 0),
    );
    assertEquals(result.failures, []);
    assert(result.calls! >= result.count * result.opsPerSample, `${result.calls} calls`);
    const counts = result.histogram!.count.reduce((sum, n) => sum + n, 0);
    assertEquals(counts, result.count);
    const { min, p50, p90, p99, p999, max } = result.ns!;
    assertEquals([min, p50, p90, p99, p999, max].toSorted((a, b) => a - b), [
      min,
      p50,
      p90,
      p99,
      p999,
      max,
    ]);
  }
});

testBothDoors(
  "a membarrier filter makes a technique unavailable, with its reason",
  async (session) => {
    const technique = "membarrier-private-expedited";
    const filtered = await cost(session, technique, [0], [], { filter: "eperm" });
    assertEquals([filtered.available, filtered.errno], [false, "EPERM"]);
    assert(filtered.reason!.includes("seccomp filter"));
    const hidden = await cost(session, technique, [0], [], { filter: "enosys" });
    assertEquals([hidden.available, hidden.errno], [false, "ENOSYS"]);
    const [reply] = await session.request("probe", { filter: "kill" });
    const capabilities = parseCapabilities(reply!.result, "probe");
    assertEquals(capabilities.membarrier.state, "filtered-kill");
    const refused = capabilities.techniques.filter((one) => !one.available).map((one) => one.id);
    assertEquals(
      refused,
      techniques.map(({ id }) => id).filter((id) => id.startsWith("membarrier")),
    );
  },
);

testBothDoors(
  "the core and the lab know the same techniques in the same order",
  async (session) => {
    const [reply] = await session.request("probe");
    const ids = parseCapabilities(reply!.result, "probe").techniques.map(({ id }) => id);
    assertEquals(ids, techniques.map(({ id }) => id));
  },
);

Deno.test("every technique's control is a control that exists", () => {
  for (const { id, control } of techniques) {
    const found = techniques.find((one) => one.id === control);
    if (control) assertEquals(found?.promise, "control", `${id} names ${control}`);
  }
});

/** Facts of a result that must not depend on the door, whatever the noise. */
function shapeOf(result: CostResult): unknown {
  return {
    keys: Object.keys(result).toSorted(),
    technique: result.technique,
    available: result.available,
    siblingCpus: result.siblingCpus,
    source: result.ipisPerOp?.source,
    interrupts: Math.round(result.ipisPerOp?.value ?? -1),
    priority: result.priority,
  };
}

Deno.test("the same requests give the same results through both doors", async () => {
  const sibling = cpus > 1 ? [1] : [];
  const seen: Record<string, unknown[]> = {};
  for (const door of Object.keys(doors) as Door[]) {
    await using session = await Session.open(doors[door]());
    const shapes: unknown[] = [];
    for (const technique of ["getppid", "membarrier-private-expedited", "mprotect", "munmap"]) {
      shapes.push(shapeOf(await cost(session, technique, [0], sibling)));
    }
    const [conformance] = await session.request("conformance", { helper: build.agent });
    // What shows only while CPUs are free, or idle, depends on what else runs
    const { cases } = conformance!.result as { cases: { name: string; answers?: unknown }[] };
    shapes.push(
      cases.filter(({ name }) => !/ reaches a thread | with one thread$/.test(name))
        .map((one) => ({ ...one, answers: one.answers !== undefined })),
    );
    const [probe] = await session.request("probe");
    shapes.push(probe!.result);
    seen[door] = shapes;
  }
  assertEquals(seen["ffi"], seen["agent"]);
});
