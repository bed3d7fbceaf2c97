import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { RunFormatError } from "../experiments/run/run_schema.ts";
import { sampleCapture, sampleRun } from "../testdata/sample_run.ts";
import { RunStore } from "./run_store.ts";
import { StoreError } from "./store_error.ts";

const FIRST = "20261120T010438Z-local-3fa2";
const SECOND = "20261121T010438Z-arm-1-00ff";
const THIRD = "20261121T020438Z-arm-1-0100";

async function withRuns(work: (store: RunStore) => void | Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "fencelab-store-" });
  try {
    const store = new RunStore(dir);
    for (const id of [FIRST, THIRD, SECOND]) {
      const startedAt = id.replace(/^(....)(..)(..)T(..)(..)(..)Z.*$/, "$1-$2-$3T$4:$5:$6Z");
      await store.save(sampleRun({ id, startedAt }));
    }
    await work(store);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function storeFault(store: RunStore, reference: string): string {
  return assertThrows(() => store.load(reference), StoreError).message;
}

Deno.test("RunStore.load() takes an id, the beginning of one, or 'latest'", async () => {
  await withRuns((store) => {
    assertEquals(store.load(SECOND).run.id, SECOND);
    assertEquals(store.load("20261120").run.id, FIRST);
    assertEquals(store.load("20261121T01").run.id, SECOND);
    assertEquals(store.load("latest").run.id, THIRD);
    assertEquals(store.load("latest").path, `${store.dir}/${THIRD}`);
  });
});

Deno.test("RunStore.load() takes the path of a run directory, whatever it is called", async () => {
  await withRuns(async (store) => {
    assertEquals(store.load(`${store.dir}/${FIRST}/`).run.id, FIRST);
    await Deno.mkdir(`${store.dir}/.elsewhere`);
    await Deno.rename(`${store.dir}/${FIRST}`, `${store.dir}/.elsewhere/renamed`);
    const loaded = new RunStore("/nonexistent").load(`${store.dir}/.elsewhere/renamed`);
    assertEquals(loaded.run.id, FIRST);
    assertEquals(loaded.path, `${store.dir}/.elsewhere/renamed`);
  });
});

Deno.test("RunStore.load() takes a directory beside it that is called like no run", async () => {
  await withRuns(async (store) => {
    const before = Deno.cwd();
    await Deno.mkdir(`${store.dir}/.elsewhere`);
    await Deno.rename(`${store.dir}/${FIRST}`, `${store.dir}/.elsewhere/renamed`);
    Deno.chdir(`${store.dir}/.elsewhere`);
    try {
      assertEquals(store.load("renamed").run.id, FIRST);
    } finally {
      Deno.chdir(before);
    }
  });
});

Deno.test("RunStore.load() lists the ids that an ambiguous beginning could mean", async () => {
  await withRuns((store) => {
    const message = storeFault(store, "20261121");
    assertStringIncludes(message, "Cannot tell which run '20261121' is: 2 begin so");
    assertStringIncludes(message, `${THIRD}, ${SECOND}`);
  });
});

Deno.test("RunStore.load() names the nearest ids when there is none", async () => {
  await withRuns((store) => {
    const message = storeFault(store, "00ff");
    assertStringIncludes(message, "no id begins so. Remedy: nearest: " + SECOND);
    assertStringIncludes(storeFault(store, ""), "Cannot find run ''");
    assertStringIncludes(storeFault(store, "\x1b[2J"), "'\\x1b[2J'");
  });
});

Deno.test("RunStore.load() says how to make a run when there is none", () => {
  const store = new RunStore("/nonexistent/runs");
  assertStringIncludes(storeFault(store, "latest"), "'/nonexistent/runs' holds no run");
  assertStringIncludes(storeFault(store, FIRST), "`deno task lab run`");
});

Deno.test("RunStore.load() takes nothing with a slash for an id", async () => {
  await withRuns((store) => {
    const nested = new RunStore(`${store.dir}/${FIRST}`);
    assertStringIncludes(storeFault(nested, `../${SECOND}/x`), "there is no such directory");
    assertStringIncludes(storeFault(store, "a/b"), "there is no such directory");
    assertStringIncludes(storeFault(store, "a\0b/"), "Cannot look at");
    assertThrows(() => store.load("."), RunFormatError, "run.json is missing");
    assertThrows(() => store.load(".."), RunFormatError, "run.json is missing");
  });
});

Deno.test("RunStore.load() says what is wrong with a damaged run", async () => {
  await withRuns(async (store) => {
    const path = `${store.dir}/${FIRST}/run.json`;
    await Deno.writeTextFile(path, "{");
    assertThrows(
      () => store.load(FIRST),
      RunFormatError,
      `Cannot read run '${path}': it is not JSON`,
    );
    await Deno.remove(path);
    assertThrows(() => store.load(FIRST), RunFormatError, "run.json is missing");
    await Deno.mkdir(path);
    assertThrows(() => store.load(FIRST), RunFormatError, "it is not a regular file");
    await Deno.remove(path);
    await Deno.symlink(`${store.dir}/${SECOND}/run.json`, path);
    assertThrows(() => store.load(FIRST), RunFormatError, "it is not a regular file");
    await Deno.remove(path);
    (await Deno.create(path)).close();
    await Deno.truncate(path, 2 ** 40);
    assertThrows(() => store.load(FIRST), RunFormatError, "more than");
  });
});

Deno.test("RunStore.load() refuses a run that lies under another run's name", async () => {
  await withRuns(async (store) => {
    await Deno.copyFile(`${store.dir}/${SECOND}/run.json`, `${store.dir}/${FIRST}/run.json`);
    assertThrows(() => store.load(FIRST), RunFormatError, `rename it to '${SECOND}'`);
    await Deno.rename(`${store.dir}/${SECOND}`, `${store.dir}/my-run`);
    assertThrows(() => store.load("my-run"), RunFormatError, `rename it to '${SECOND}'`);
  });
});

Deno.test("RunStore.verify() reports what run.json does not name, and what is missing", async () => {
  await withRuns(async (store) => {
    assertEquals(store.verify(FIRST), []);
    await Deno.writeTextFile(`${store.dir}/${FIRST}/core.1234`, "");
    await Deno.mkdir(`${store.dir}/${FIRST}/b.pftrace`);
    const run = sampleRun({
      id: FIRST,
      results: ["a.pftrace", "b.pftrace"].map((trace) => sampleCapture({ trace })),
    });
    await Deno.writeTextFile(`${store.dir}/${FIRST}/run.json`, JSON.stringify(run));
    const problems = store.verify(`${store.dir}/${FIRST}`);
    assertEquals(problems.map(({ file, kind }) => [file, kind]), [
      ["a.pftrace", "missing"],
      ["b.pftrace", "not-a-file"],
      ["core.1234", "unexpected"],
    ]);
  });
});
