import { assert, assertEquals, assertThrows } from "@std/assert";
import { RunFormatError } from "../../lab/experiments/run/run_schema.ts";
import { sampleRun } from "../../lab/testdata/sample_run.ts";
import { RunStore } from "../../lab/store/run_store.ts";
import { Problem } from "../base/problem.ts";
import { RunCache } from "./run_cache.ts";

Deno.test("RunCache reads a run again only when its file changed", async () => {
  const dir = await Deno.makeTempDir({ prefix: "fencelab-cache-" });
  try {
    const run = sampleRun();
    const path = await new RunStore(dir).save(run);
    const cache = new RunCache(dir);
    const first = cache.read(run.id);
    assert(cache.read(run.id) === first);
    await Deno.writeTextFile(`${path}/run.json`, JSON.stringify({ ...run, seconds: 99 }));
    assertEquals(cache.read(run.id).seconds, 99);
    await Deno.writeTextFile(`${path}/run.json`, "{");
    assertThrows(() => cache.read(run.id), RunFormatError, "it is not JSON");
    await Deno.remove(`${path}/run.json`);
    assertThrows(() => cache.read(run.id), RunFormatError, "run.json is missing");
    await Deno.remove(path, { recursive: true });
    assertThrows(() => cache.read(run.id), Problem, "There is no run");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("RunCache takes nothing but ids, and nothing outside of the store", async () => {
  const dir = await Deno.makeTempDir({ prefix: "fencelab-cache-" });
  try {
    const run = sampleRun();
    await new RunStore(`${dir}/other`).save(run);
    await Deno.mkdir(`${dir}/store`);
    const cache = new RunCache(`${dir}/store`);
    for (const id of [`../other/${run.id}`, "latest", "", ".", run.id.slice(0, 8), `${run.id}/`]) {
      assertThrows(() => cache.read(id), Problem, "There is no run");
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
