import { assertEquals } from "@std/assert";
import { emulatedArm64 } from "../../lab/report/testdata/runs.ts";
import type { Result, Run } from "../../lab/experiments/run/run_schema.ts";
import { sampleRcu } from "../../lab/testdata/sample_rcu.ts";
import { sampleCost, sampleRun } from "../../lab/testdata/sample_run.ts";
import { RunStore } from "../../lab/store/run_store.ts";
import { MOST_HOSTS, newestHosts } from "./newest_hosts.ts";
import { RunLibrary } from "./run_library.ts";

function runOfDay(day: number, kernel: string, results: Result[], changes: Partial<Run> = {}): Run {
  const two = String(day).padStart(2, "0");
  const run = sampleRun({
    id: `202611${two}T000000Z-local-0000`,
    startedAt: `2026-11-${two}T00:00:00Z`,
    results,
    ...changes,
  });
  return { ...run, host: { ...run.host, kernel } };
}

async function withLibrary(
  runs: readonly Run[],
  work: (library: RunLibrary, store: RunStore) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "fencelab-hosts-" });
  try {
    const store = new RunStore(dir);
    for (const run of runs) await store.save(run);
    using library = new RunLibrary(store);
    await work(library, store);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const cost = (technique: string): Result => sampleCost({ technique });

Deno.test("newestHosts() completes the newest run of a host from those that add to it", async () => {
  const runs = [
    runOfDay(1, "6.12", [cost("signal")]),
    runOfDay(2, "6.12", [cost("munmap")]),
    runOfDay(3, "6.12", [cost("munmap")]),
    runOfDay(4, "6.18", [cost("mremap")], { host: emulatedArm64 }),
  ];
  await withLibrary(runs, async (library) => {
    const { views, leftOut } = await newestHosts(library);
    assertEquals(
      views.map(({ run, runs }) => [run.host.emulated, runs.map(({ id }) => id.slice(6, 8))]),
      [[false, ["03", "01"]], [true, ["04"]]],
    );
    assertEquals(leftOut, 0);
  });
});

Deno.test("newestHosts() knows what failed once, however many newer runs did not see it", async () => {
  const rcu = (stale: number): Result =>
    sampleRcu({ flavour: "membarrier", mode: "torture", stale });
  const newer = Array.from({ length: 25 }, (_, at) => runOfDay(at + 3, "6.12", [rcu(0)]));
  const runs = [
    runOfDay(1, "6.12", [rcu(77)]),
    runOfDay(2, "6.12", [rcu(0), cost("munmap")]),
    ...newer,
  ];
  await withLibrary(runs, async (library) => {
    const { views: [view] } = await newestHosts(library);
    assertEquals(view!.runs.map(({ id }) => id.slice(6, 8)), ["27", "01"]);
    const stale = view!.run.results.flatMap((one) => one.experiment === "rcu" ? [one.stale] : []);
    assertEquals(stale, [77]);
  });
});

Deno.test("newestHosts() reads no more than the newest hosts, and says how many are left out", async () => {
  const runs = Array.from(
    { length: MOST_HOSTS + 3 },
    (_, at) => runOfDay(at + 1, `6.${at}`, [cost("munmap")]),
  );
  await withLibrary(runs, async (library) => {
    const { views, leftOut } = await newestHosts(library);
    assertEquals([views.length, leftOut], [MOST_HOSTS, 3]);
    assertEquals(views[0]!.run.host.kernel, `6.${MOST_HOSTS + 2}`);
  });
});

Deno.test("newestHosts() is made once until the store changes, and skips what became damaged", async () => {
  const runs = [runOfDay(1, "6.12", [cost("signal")]), runOfDay(2, "6.18", [cost("munmap")])];
  await withLibrary(runs, async (library, store) => {
    const first = newestHosts(library);
    assertEquals(await first === await newestHosts(library), true);
    Deno.writeTextFileSync(`${store.dir}/${runs[0]!.id}/run.json`, "{");
    await library.catalog.updateNow();
    assertEquals((await newestHosts(library)).views.map(({ run }) => run.host.kernel), ["6.18"]);
  });
});
