import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Run } from "../experiments/run/run_schema.ts";
import { sampleCost, sampleRun } from "../testdata/sample_run.ts";
import { sampleRcu } from "../testdata/sample_rcu.ts";
import { RunCatalog } from "./run_catalog.ts";
import type { RunFilter, RunQuery } from "./run_query.ts";
import { RunStore } from "./run_store.ts";
import { StoreError } from "./store_error.ts";

/** A run of its own day, so that days order runs. */
function runOfDay(day: string, changes: Partial<Run> = {}, host: Partial<Run["host"]> = {}): Run {
  const run = sampleRun({
    id: `202611${day}T000000Z-local-0000`,
    startedAt: `2026-11-${day}T00:00:00Z`,
    ...changes,
  });
  return { ...run, host: { ...run.host, ...host } };
}

class Place implements AsyncDisposable {
  readonly dir = Deno.makeTempDirSync({ prefix: "fencelab-catalog-" });
  readonly store = new RunStore(`${this.dir}/runs`);
  readonly catalog = new RunCatalog(this.store.dir);

  async save(...runs: Run[]): Promise<void> {
    for (const run of runs) await this.store.save(run);
    await this.catalog.updateNow();
  }

  days(query: RunQuery = {}): string[] {
    return this.catalog.page(query).rows.map(({ id }) => id.slice(6, 8));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.catalog[Symbol.dispose]();
    await Deno.remove(this.dir, { recursive: true });
  }
}

Deno.test("RunCatalog is empty for a store that does not exist, and sees it come into being", async () => {
  await using place = new Place();
  await place.catalog.update();
  assertEquals(place.catalog.page({}), { rows: [], total: 0 });
  assertEquals(place.catalog.values().host, []);
  await place.save(runOfDay("01"));
  assertEquals(place.days(), ["01"]);
});

Deno.test("RunCatalog.page() sorts by a column and gives a part with the total", async () => {
  await using place = new Place();
  await place.save(
    runOfDay("01", { seconds: 3 }, { name: "b", kernel: "6.1.9" }),
    runOfDay("02", { seconds: 1 }, { name: "c", kernel: "6.12.1" }),
    runOfDay("03", { seconds: 2 }, { name: "a", kernel: "6.1.9" }),
  );
  await Deno.mkdir(`${place.store.dir}/20261104T000000Z-local-0000`);
  await place.catalog.updateNow();
  assertEquals(place.days(), ["04", "03", "02", "01"]);
  assertEquals(place.days({ sort: "started", ascending: true }), ["01", "02", "03", "04"]);
  assertEquals(place.days({ sort: "seconds" }), ["01", "03", "02", "04"]);
  assertEquals(place.days({ sort: "host", ascending: true }), ["03", "01", "02", "04"]);
  assertEquals(
    place.days({ sort: "kernel" }),
    ["02", "03", "01", "04"],
    "the newer of equals first",
  );
  assertEquals(place.days({ limit: 2, offset: 1 }), ["03", "02"]);
  assertEquals(place.days({ sort: "seconds", limit: 1, offset: 2 }), ["02"]);
  assertEquals(place.catalog.page({ limit: 2, offset: 9 }), { rows: [], total: 4 });
});

Deno.test("RunCatalog.page() narrows to kernels, times, techniques and flavours of RCU", async () => {
  await using place = new Place();
  await place.save(
    runOfDay("01", { results: [sampleCost({ technique: "munmap" })] }, { kernel: "6.1.9" }),
    runOfDay("02", { results: [sampleRcu({ flavour: "qsbr" })] }, { kernel: "6.12.1" }),
    runOfDay("03", { results: [] }, { kernel: "6.1" }),
  );
  const days = (filter: RunFilter): string[] => place.days({ filter }).sort();
  assertEquals(days({ kernel: "6.1" }), ["01", "03"]);
  assertEquals(days({ kernel: "6.12" }), ["02"]);
  assertEquals(days({ kernel: "6." }), ["01", "02", "03"]);
  assertEquals(days({ kernel: "6.1%" }), []);
  assertEquals(days({ technique: "munmap" }), ["01"]);
  assertEquals(days({ technique: "qsbr" }), ["02"]);
  assertEquals(days({ experiment: "rcu" }), ["02"]);
  assertEquals(days({ from: Date.UTC(2026, 10, 2), before: Date.UTC(2026, 10, 3) }), ["02"]);
  assertEquals(place.catalog.page({ filter: { kernel: "6.1" }, limit: 1 }).total, 2);
});

Deno.test("RunCatalog.values() lists what runs have, and how many", async () => {
  await using place = new Place();
  const results = [sampleCost({ technique: "munmap" }), sampleCost({ technique: "mprotect" })];
  await place.save(runOfDay("01", { results }), runOfDay("02", { results: [results[0]!] }));
  const { technique, experiment, arch } = place.catalog.values();
  assertEquals(technique, [{ value: "mprotect", runs: 1 }, { value: "munmap", runs: 2 }]);
  assertEquals(experiment, [{ value: "cost", runs: 2 }]);
  assertEquals(arch, [{ value: "x86_64", runs: 2 }]);
  // What is replaced and what is removed leaves no value behind
  const [newer, older] = place.catalog.page({}).rows;
  await Deno.remove(older!.path, { recursive: true });
  const changed = JSON.stringify(runOfDay("02", { results: [] }));
  await Deno.writeTextFile(`${newer!.path}/run.json`, changed);
  await place.catalog.updateNow();
  assertEquals(place.catalog.values().technique, []);
});

Deno.test("RunCatalog.hosts() gives the newest runs of the newest machines and kernels", async () => {
  await using place = new Place();
  await place.save(
    runOfDay("01", {}, { kernel: "6.1" }),
    runOfDay("02", {}, { kernel: "6.12" }),
    runOfDay("03", {}, { kernel: "6.1" }),
    runOfDay("04", { environment: { cpu: { model: "another of that name" } } }, { kernel: "6.1" }),
    runOfDay("05", {}, { kernel: "6.1" }),
  );
  const days = (hosts: number, depth: number): string[][] =>
    place.catalog.hosts(hosts, depth).map(({ rows }) => rows.map(({ id }) => id.slice(6, 8)));
  assertEquals(days(9, 2), [["05", "03"], ["04"], ["02"]]);
  assertEquals(days(2, 9), [["05", "03", "01"], ["04"]]);
  assertEquals(place.catalog.countHosts(), 3);
  await place.save(
    runOfDay("06", { environment: { kernel: { cmdline: "noinvlpgb" } } }, { kernel: "6.1" }),
  );
  assertEquals(days(2, 1), [["06"], ["05"]]);
  assertEquals(place.catalog.countHosts(), 4);
});

Deno.test("RunCatalog keeps its generation and answers until something changes", async () => {
  await using place = new Place();
  await place.save(runOfDay("01"));
  const { generation } = place.catalog;
  const values = place.catalog.values();
  await place.catalog.updateNow();
  assertEquals(place.catalog.generation, generation);
  assert(place.catalog.values() === values);
  await place.save(runOfDay("02"));
  assert(place.catalog.generation > generation);
  assertEquals(place.days(), ["02", "01"]);
});

Deno.test("RunCatalog outlives an index that is deleted, damaged, replaced or not to be had", async () => {
  await using place = new Place();
  await place.save(runOfDay("01"));
  const file = `${place.store.dir}/.index.sqlite`;
  Deno.removeSync(file);
  await place.save(runOfDay("02"));
  assertEquals(place.days(), ["02", "01"]);
  // Another program makes it anew, and the catalog of another server finds it changed
  place.store.list();
  using second = new RunCatalog(place.store.dir);
  await second.update();
  const other = new DatabaseSync(file);
  other.exec("DROP TABLE runs; CREATE TABLE runs (other TEXT)");
  other.close();
  await place.save(runOfDay("03"));
  await second.updateNow();
  assertEquals(second.page({}).total, 3);
  Deno.writeFileSync(file, crypto.getRandomValues(new Uint8Array(9000)));
  await second.updateNow();
  assertEquals(second.page({ limit: 1 }).total, 3);
  Deno.removeSync(file);
  Deno.mkdirSync(`${file}/x`, { recursive: true });
  using third = new RunCatalog(place.store.dir);
  await third.update();
  assertEquals(third.page({}).total, 3);
});

Deno.test("RunCatalog sees what is added within a second or so", async () => {
  await using place = new Place();
  await place.save(runOfDay("01"));
  for (const day of ["02", "03"]) {
    await place.store.save(runOfDay(day));
    await new Promise((wake) => setTimeout(wake, 1050));
    await place.catalog.update();
  }
  assertEquals(place.days(), ["03", "02", "01"]);
});

Deno.test("RunCatalog says that a store cannot be read", async () => {
  await using place = new Place();
  Deno.writeTextFileSync(place.store.dir, "");
  await assertRejects(() => place.catalog.update(), StoreError, "not a directory");
  await assertRejects(() => place.catalog.update(), StoreError, "not a directory");
  Deno.removeSync(place.store.dir);
  await place.save(runOfDay("01"));
  assertEquals(place.days(), ["01"]);
});

Deno.test("RunCatalog says that a store cannot be read any more, until it can", async () => {
  await using place = new Place();
  await place.save(runOfDay("01"));
  const later = async (ms: number): Promise<void> => await new Promise((w) => setTimeout(w, ms));
  // From then on its time of change tells whether it has to be looked at again
  await later(60);
  await place.catalog.updateNow();
  Deno.renameSync(place.store.dir, `${place.dir}/away`);
  Deno.writeTextFileSync(place.store.dir, "");
  await later(1050);
  for (let asked = 0; asked < 3; asked++) {
    await assertRejects(() => place.catalog.update(), StoreError, "not a directory");
  }
  Deno.removeSync(place.store.dir);
  Deno.renameSync(`${place.dir}/away`, place.store.dir);
  await later(1050);
  await place.catalog.update();
  assertEquals(place.days(), ["01"]);
});

Deno.test("RunCatalog lets others have their turn while it reads a store", async () => {
  await using place = new Place();
  Deno.mkdirSync(place.store.dir);
  for (let number = 0; number < 300; number++) {
    const id = `20261101T0000${String(number % 60).padStart(2, "0")}Z-h-${
      number.toString(16).padStart(4, "0")
    }`;
    Deno.mkdirSync(`${place.store.dir}/${id}`);
  }
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await place.catalog.update();
  clearInterval(timer);
  assertEquals(place.catalog.page({ limit: 1 }).total, 300);
  assert(turns >= 3, `only ${turns} turns`);
});
