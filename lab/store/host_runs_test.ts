import { assertEquals } from "@std/assert";
import { sampleCost, sampleRun } from "../schema/sample_run.ts";
import type { Result, Run } from "../run_schema.ts";
import { hostRunsOf } from "./host_runs.ts";
import { RunStore } from "./run_store.ts";

function runAt(minute: number, kernel: string, results: Result[]): Run {
  const time = `2026-11-21T01:0${minute}:38Z`;
  const run = sampleRun({ results, startedAt: time, id: `20261121T010${minute}38Z-local-3fa2` });
  return { ...run, host: { ...run.host, kernel } };
}

Deno.test("hostRunsOf() completes the newest run of each host and kernel from older ones", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const store = new RunStore(directory);
    const cost = (technique: string, count: number): Result => sampleCost({ technique, count });
    await store.save(runAt(1, "6.12", [cost("munmap", 1), cost("signal", 1)]));
    await store.save(runAt(2, "6.12", [cost("munmap", 2)]));
    await store.save(runAt(3, "6.18", [cost("mremap", 3)]));
    await Deno.mkdir(`${directory}/20261121T010938Z-local-3fa2`);
    const { runs, problems } = hostRunsOf(store, []);
    assertEquals(problems.length, 1);
    const known = runs.map(({ host, results }) => [
      host.kernel,
      ...results.map((result) =>
        result.experiment === "cost" ? `${result.technique} ${result.count}` : ""
      ),
    ]);
    assertEquals(known, [["6.18", "mremap 3"], ["6.12", "munmap 2", "signal 1"]]);
    const named = hostRunsOf(store, ["20261121T010138Z"]).runs;
    assertEquals(named.map(({ id }) => id), ["20261121T010138Z-local-3fa2"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
