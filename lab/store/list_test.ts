import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Run } from "../experiments/run/run_schema.ts";
import { sampleCost, sampleRun } from "../testdata/sample_run.ts";
import { RunStore } from "./run_store.ts";
import { StoreError } from "./store_error.ts";
import { mountRefusal, SmallDisk } from "./testdata/small_disk.ts";

const REFUSAL = mountRefusal();

/** A run of its own day, so that days order runs. */
function runOfDay(day: string, changes: Partial<Run> = {}): Run {
  const id = `202611${day}T000000Z-local-0000`;
  return sampleRun({ id, startedAt: `2026-11-${day}T00:00:00Z`, ...changes });
}

function idsOf(store: RunStore): string[] {
  return store.list().map((row) => row.id.slice(6, 8));
}

async function withStore(work: (store: RunStore) => void | Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "fencelab-store-" });
  try {
    const store = new RunStore(`${dir}/runs`);
    for (const day of ["02", "01", "03"]) await store.save(runOfDay(day));
    await work(store);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function indexFile(store: RunStore): string {
  return `${store.dir}/.index.sqlite`;
}

Deno.test("RunStore.list() is newest first, up to the limit, with what a list shows", async () => {
  await withStore(async (store) => {
    const host = { ...sampleRun().host, name: "arm-1", arch: "aarch64" as const, emulated: true };
    const warnings = [
      { code: "W001", message: "m", remedy: "r", invalidates: false },
      { code: "W002", message: "m", remedy: "r", invalidates: true },
    ];
    const results = [
      sampleCost(),
      sampleCost({ siblings: 2 }),
      sampleCost({ technique: "munmap" }),
    ];
    await store.save(runOfDay("04", { host, warnings, results }));
    assertEquals(idsOf(store), ["04", "03", "02", "01"]);
    assertEquals(store.list({ limit: 1 }), [{
      id: "20261104T000000Z-local-0000",
      path: `${store.dir}/20261104T000000Z-local-0000`,
      startedAt: "2026-11-04T00:00:00Z",
      state: "ok",
      seconds: 12.3,
      command: "deno task lab run --plan quick",
      host: "arm-1",
      arch: "aarch64",
      kernel: "6.18.44",
      emulated: true,
      experiments: ["cost"],
      techniques: ["mprotect", "munmap"],
      failed: [],
      warnings: 2,
      invalidated: true,
    }]);
  });
});

Deno.test("RunStore.list() narrows to host, architecture, experiment and technique", async () => {
  await withStore(async (store) => {
    const host = { ...sampleRun().host, name: "arm-1", arch: "aarch64" as const };
    await store.save(runOfDay("04", { host, results: [sampleCost({ technique: "munmap" })] }));
    const days = (filter: Record<string, string>): string[] =>
      store.list({ filter }).map((row) => row.id.slice(6, 8));
    assertEquals(days({ host: "arm-1" }), ["04"]);
    assertEquals(days({ arch: "x86_64" }), ["03", "02", "01"]);
    assertEquals(days({ technique: "munmap" }), ["04"]);
    assertEquals(days({ experiment: "conformance" }), ["03", "02", "01"]);
    assertEquals(days({ technique: "munmap", arch: "x86_64" }), []);
    assertEquals(days({ technique: "mun%" }), []);
  });
});

Deno.test("RunStore.list() follows runs that are copied in, changed and removed", async () => {
  await withStore(async (store) => {
    const other = new RunStore(`${store.dir}/../other`);
    const path = await other.save(runOfDay("05"));
    assertEquals(idsOf(store), ["03", "02", "01"]);
    await Deno.rename(path, `${store.dir}/20261105T000000Z-local-0000`);
    assertEquals(idsOf(store), ["05", "03", "02", "01"]);
    await Deno.remove(`${store.dir}/20261102T000000Z-local-0000`, { recursive: true });
    assertEquals(idsOf(store), ["05", "03", "01"]);
    const changed = JSON.stringify(runOfDay("01", { seconds: 99 }));
    await Deno.writeTextFile(`${store.dir}/20261101T000000Z-local-0000/run.json`, changed);
    const oldest = store.list().at(-1)!;
    assertEquals(oldest.state === "ok" && oldest.seconds, 99);
  });
});

Deno.test("RunStore.list() lists damaged runs with their fault and never fails for them", async () => {
  await withStore(async (store) => {
    const named = (day: string): string => `${store.dir}/202611${day}T000000Z-local-0000`;
    await Deno.writeTextFile(`${named("02")}/run.json`, '{"schema":');
    await Deno.remove(`${named("01")}/run.json`);
    await Deno.mkdir(`${store.dir}/unrelated`);
    await Deno.writeTextFile(`${store.dir}/notes.txt`, "");
    await Deno.mkdir(`${store.dir}/my-run`);
    await Deno.copyFile(`${named("03")}/run.json`, `${store.dir}/my-run/run.json`);
    const rows = new RunStore(store.dir).list();
    const faults = new Map(rows.map((row) => [row.id, row.state === "damaged" ? row.error : ""]));
    assertEquals(faults.size, 4);
    assertEquals(faults.get("20261103T000000Z-local-0000"), "");
    assertStringIncludes(faults.get("20261102T000000Z-local-0000")!, "it is not JSON");
    assertStringIncludes(faults.get("20261101T000000Z-local-0000")!, "run.json is missing");
    assertStringIncludes(faults.get("my-run")!, "rename it to '20261103T000000Z-local-0000'");
    assertEquals(rows.at(-1)!.startedAt, "2026-11-01T00:00:00.000Z");
    await Deno.writeTextFile(`${named("02")}/run.json`, JSON.stringify(runOfDay("02")));
    assertEquals(store.list().filter((row) => row.state === "damaged").length, 2);
  });
});

Deno.test("RunStore.list() shows no run that is still being written", async () => {
  await withStore(async (store) => {
    const [newest] = store.list();
    await Deno.rename(newest!.path, `${store.dir}/.tmp-${newest!.id}-1`);
    assertEquals(idsOf(store), ["02", "01"]);
  });
});

Deno.test("RunStore.list() makes an index that was deleted anew", async () => {
  await withStore(async (store) => {
    store.list();
    await Deno.remove(indexFile(store));
    assertEquals(idsOf(store), ["03", "02", "01"]);
    assert(Deno.statSync(indexFile(store)).isFile);
  });
});

Deno.test("RunStore.list() replaces an index that is damaged", async () => {
  await withStore((store) => {
    const garbage = crypto.getRandomValues(new Uint8Array(10_000));
    const contents: (() => void)[] = [
      (): void => Deno.writeFileSync(indexFile(store), garbage),
      (): void => {
        // A database, of the right version, without the right table.
        Deno.removeSync(indexFile(store));
        const database = new DatabaseSync(indexFile(store));
        database.exec("CREATE TABLE runs (other TEXT); PRAGMA user_version = 2");
        database.close();
      },
    ];
    for (const damage of contents) {
      damage();
      assertEquals(idsOf(store), ["03", "02", "01"]);
      using database = openIndex(store);
      assertEquals(database.prepare("SELECT count(*) AS runs FROM runs").get()!.runs, 3);
    }
  });
});

Deno.test("RunStore.list() replaces an index of another version", async () => {
  await withStore((store) => {
    store.list();
    const database = new DatabaseSync(indexFile(store));
    database.exec("UPDATE runs SET host = 'stale'; PRAGMA user_version = 999");
    database.close();
    assertEquals(store.list({ filter: { host: "local" } }).length, 3);
  });
});

Deno.test("RunStore.list() reads a run again only when it changed", async () => {
  await withStore((store) => {
    store.list();
    const database = new DatabaseSync(indexFile(store));
    database.exec("UPDATE runs SET host = 'from the index'");
    database.close();
    assertEquals(store.list({ filter: { host: "from the index" } }).length, 3);
    store.rebuild();
    assertEquals(store.list({ filter: { host: "local" } }).length, 3);
  });
});

Deno.test("RunStore.list() does without an index file that is not to be had", async () => {
  await withStore(async (store) => {
    // Not empty, so that it is not removed either.
    await Deno.mkdir(`${indexFile(store)}/x`, { recursive: true });
    assertEquals(idsOf(store), ["03", "02", "01"]);
    await store.save(runOfDay("04"));
    assertEquals(idsOf(store), ["04", "03", "02", "01"]);
  });
});

Deno.test("RunStore.list() leaves an index alone that another process is writing", async () => {
  await withStore(async (store) => {
    store.list();
    using database = openIndex(store);
    database.exec("BEGIN IMMEDIATE; UPDATE runs SET host = 'busy'");
    await store.save(runOfDay("04"));
    assertEquals(idsOf(store), ["04", "03", "02", "01"]);
    database.exec("COMMIT");
    assertEquals(database.prepare("SELECT DISTINCT host FROM runs").all().length, 1);
  });
});

Deno.test("RunStore.list() needs no right but to read", async () => {
  await withStore(async (store) => {
    const script = new URL("./testdata/list_runs.ts", import.meta.url).pathname;
    const args = ["run", "--no-prompt", "--allow-read", script, store.dir];
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
    assertEquals(lines.length, 3, new TextDecoder().decode(stderr));
  });
});

Deno.test("RunStore.list() is empty for a store that does not exist, and fails for a file", async () => {
  await withStore(async (store) => {
    assertEquals(new RunStore(`${store.dir}/absent`).list(), []);
    await Deno.writeTextFile(`${store.dir}/file`, "");
    const file = new RunStore(`${store.dir}/file`);
    assertThrows(() => file.list(), StoreError, "a part of the path is not a directory");
  });
});

Deno.test({
  name: REFUSAL === null
    ? "RunStore.list() lists a read-only store"
    : `RunStore.list() lists a read-only store (ignored: ${REFUSAL})`,
  ignore: REFUSAL !== null,
  fn: async () => {
    using disk = new SmallDisk(1 << 20);
    const store = new RunStore(disk.path);
    for (const day of ["01", "02"]) await store.save(runOfDay(day));
    disk.freeze();
    assertEquals(idsOf(store), ["02", "01"]);
    assertEquals(store.load("latest").run.id, runOfDay("02").id);
  },
});

function openIndex(store: RunStore): DatabaseSync {
  return new DatabaseSync(indexFile(store));
}
