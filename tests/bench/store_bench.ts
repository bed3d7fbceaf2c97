/**
 * Lists a store of 10 000 small runs: with an index that is up to date, and after it was lost.
 *
 * @module
 */
import { sampleRun } from "../../lab/testdata/sample_run.ts";
import { formatRun } from "../../lab/experiments/run/run_schema.ts";
import { RunStore } from "../../lab/store/run_store.ts";

const RUNS = 10_000;
const dir = Deno.makeTempDirSync({ prefix: "fencelab-bench-" });
globalThis.addEventListener("unload", () => Deno.removeSync(dir, { recursive: true }));

// Not by save(), whose flushes to the disk are worth nothing here.
for (let number = 0; number < RUNS; number++) {
  const startedAt = new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString();
  const time = startedAt.replaceAll(/[-:]|\.\d+/g, "");
  const id = `${time}-local-${number.toString(16).padStart(4, "0")}`;
  Deno.mkdirSync(`${dir}/${id}`);
  Deno.writeTextFileSync(`${dir}/${id}/run.json`, formatRun(sampleRun({ id, startedAt })));
}
const store = new RunStore(dir);
store.list();

Deno.bench("list 20 of 10 000 runs", { group: "store", baseline: true }, () => {
  store.list({ limit: 20 });
});

Deno.bench("list all of 10 000 runs", { group: "store" }, () => {
  store.list();
});

Deno.bench("list with a filter", { group: "store" }, () => {
  store.list({ filter: { technique: "munmap" } });
});

Deno.bench("load the beginning of an id", { group: "store" }, () => {
  store.load("20260101T0001");
});

Deno.bench("rebuild the index of 10 000 runs", { group: "store", n: 3 }, () => {
  store.rebuild();
});
