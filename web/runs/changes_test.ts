import { assert, assertEquals } from "@std/assert";
import { distribution, emulatedArm64 } from "../../lab/report/testdata/runs.ts";
import type { Host, Result, Run } from "../../lab/experiments/run/run_schema.ts";
import { sampleCost, sampleRun } from "../../lab/testdata/sample_run.ts";
import { RunStore } from "../../lab/store/run_store.ts";
import { compareRuns } from "../../lab/compare/compare_runs.ts";
import type { Comparison } from "../../lab/compare/comparison.ts";
import { findingsOf, type HostChange, newestChanges } from "./changes.ts";
import { RunLibrary } from "./run_library.ts";

function runOfDay(day: number, host: Partial<Host>, results: Result[]): Run {
  const two = String(day).padStart(2, "0");
  const run = sampleRun({
    id: `202611${two}T000000Z-local-0000`,
    startedAt: `2026-11-${two}T00:00:00Z`,
    results,
  });
  return { ...run, host: { ...run.host, ...host } };
}

/** A median of so many picoseconds. */
function cost(median: number): Result {
  return sampleCost({ technique: "munmap", siblings: 1, ...distribution(median) });
}

async function changesOf(runs: readonly Run[]): Promise<readonly HostChange[]> {
  const dir = await Deno.makeTempDir({ prefix: "fencelab-changes-" });
  try {
    const store = new RunStore(dir);
    for (const run of runs) await store.save(run);
    using library = new RunLibrary(store);
    return await newestChanges(library);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("newestChanges() tells what became slower against several runs before", async () => {
  const changes = await changesOf([
    runOfDay(1, {}, [cost(1_000_000)]),
    runOfDay(2, {}, [cost(1_010_000)]),
    runOfDay(3, {}, [cost(1_005_000)]),
    runOfDay(4, {}, [cost(2_000_000)]),
  ]);
  assertEquals(changes.length, 1);
  const [{ before, newest, findings }] = changes as [HostChange];
  assertEquals(before.map(({ id }) => id.slice(6, 8)), ["03", "02", "01"]);
  assertEquals(newest.id.slice(6, 8), "04");
  assertEquals(findings.map(({ kind }) => kind), ["time"]);
  assert(findings[0]!.text.startsWith("munmap, 1 caller, 1 sibling"), findings[0]!.text);
  assert(findings[0]!.text.includes("slower"));
});

Deno.test("newestChanges() finds nothing in noise, and nothing in times of emulated hosts", async () => {
  const same = await changesOf([
    runOfDay(1, {}, [cost(1_000_000)]),
    runOfDay(2, {}, [cost(1_010_000)]),
    runOfDay(3, {}, [cost(1_020_000)]),
  ]);
  assertEquals(same[0]!.findings, []);
  // Two runs alike may differ so: only several tell
  const single = await changesOf([
    runOfDay(1, {}, [cost(1_000_000)]),
    runOfDay(2, {}, [cost(1_200_000)]),
  ]);
  assertEquals(single[0]!.findings, []);
  const emulated = await changesOf([
    runOfDay(1, emulatedArm64, [cost(1_000_000)]),
    runOfDay(2, emulatedArm64, [cost(1_010_000)]),
    runOfDay(3, emulatedArm64, [cost(9_000_000)]),
  ]);
  assertEquals([emulated[0]!.emulated, emulated[0]!.findings], [true, []]);
});

Deno.test("newestChanges() names changed answers of the kernel first", async () => {
  const conformance = (actual: string): Result => ({
    experiment: "conformance",
    cases: [{
      name: "QUERY",
      expected: "0",
      actual,
      pass: actual === "0",
      skipped: false,
      note: null,
    }],
  });
  const changes = await changesOf([
    runOfDay(1, { kernel: "6.1" }, [conformance("0"), cost(1_000_000)]),
    runOfDay(2, { kernel: "6.1" }, [conformance("0"), cost(1_010_000)]),
    runOfDay(3, { kernel: "6.12" }, [conformance("ENOSYS"), cost(3_000_000)]),
  ]);
  const [{ findings, before, environment }] = changes as [HostChange];
  assertEquals(findings.map(({ kind, tone }) => [kind, tone]), [
    ["verdict", "bad"],
    ["time", "doubtful"],
  ]);
  assertEquals(before[0]!.kernel, "6.1");
  assert(environment.includes("kernel"));
});

Deno.test("newestChanges() compares with runs of the same machine and experiments alone", async () => {
  const shapes: Result = {
    experiment: "shapes",
    cpus: [0, 1],
    priority: "fifo",
    seconds: 1,
    shapes: [],
  };
  assertEquals(
    await changesOf([
      runOfDay(1, { cpus: 64 }, [cost(1_000_000)]),
      runOfDay(2, {}, [shapes]),
      runOfDay(3, {}, [cost(9_000_000)]),
    ]),
    [],
  );
});

Deno.test("findingsOf() leaves out what is slower in its tail alone, with a median too noisy to tell", () => {
  const day = (number: number, median: number): Run => runOfDay(number, {}, [cost(median)]);
  const compared = compareRuns([day(1, 1_000_000), day(2, 1_010_000)], [day(3, 2_000_000)]);
  const [row] = compared.cost;
  const kinds = (change: Partial<Comparison["cost"][number]>): string[] =>
    findingsOf({ ...compared, cost: [{ ...row!, ...change }] }).map(({ kind }) => kind);
  assertEquals(kinds({}), ["time"]);
  assertEquals(kinds({ verdict: "too-noisy" }), []);
  assertEquals(kinds({ verdict: "too-noisy", interruptsChanged: true }), ["time"]);
});
