import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";

import { sideOf } from "../../lab/experiments/ordering/testdata/counts.ts";
import { resultsWith } from "../../lab/experiments/ordering/testdata/runs.ts";
import { sampleCost, sampleRun } from "../../lab/testdata/sample_run.ts";
import { RunStore } from "../../lab/store/run_store.ts";
import { techniques } from "../../lab/format/techniques.ts";
import { lab } from "../fixtures/lab_process.ts";
import { hasProgram, needs } from "../fixtures/needs.ts";

/** A store with a run of an arm64 host, whose TLB techniques interrupt nobody. */
async function storeOn(directory: string, id = "20261121T010438Z-altra-3fa2"): Promise<void> {
  const run = sampleRun({
    results: techniques.map(({ id }) => {
      const value = /^(mprotect|munmap|madvise|mremap)/.test(id) ? 0 : 1;
      const ipisPerOp = { value, source: "perf" as const, ops: 10, interrupts: 10 * value };
      return sampleCost({ technique: id, ipisPerOp });
    }),
  });
  const host = { ...run.host, name: "altra", arch: "aarch64" as const };
  await new RunStore(directory).save({ ...run, host, id });
}

async function inStore(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("lab ladders says what each library stands on", async () => {
  await inStore(async (directory) => {
    await storeOn(directory);
    const { code, stdout, stderr } = await lab(["ladders", "--out", directory, "--json"]);
    assertEquals(code, 0, stderr);
    const { schema, hosts } = JSON.parse(stdout);
    assertEquals([schema, hosts.length], ["fencelab.ladders/1", 1]);
    const of = (library: string): string =>
      hosts[0].landings.find((one: { library: string; situation: string }) =>
        one.library === library && one.situation === "eperm"
      ).soundness;
    assertEquals([of("folly"), of(".NET"), of("Julia")], ["unsound", "unsound", "by contract"]);
    const text = await lab(["ladders", "--out", directory, "--all"]);
    for (const part of ["Techniques and hosts", "altra, aarch64", "Where this comes from"]) {
      assertStringIncludes(text.stdout, part);
    }
  });
});

Deno.test({
  ...needs("lab advise writes a C header that a strict compiler takes", {
    gcc: hasProgram("gcc"),
  }),
  async fn(): Promise<void> {
    await inStore(async (directory) => {
      await storeOn(directory);
      const header = `${directory}/advice.h`;
      const { code, stderr } = await lab(["advise", "--out", directory, "--header", header]);
      assertEquals(code, 0, stderr);
      await Deno.writeTextFile(
        `${directory}/main.c`,
        `#include "advice.h"
        #define ENDS(order, end) (order[sizeof(order) / sizeof(order[0]) - 1] == end)
        int main(void) {
          return !(ENDS(fence_order_ordering, FENCE_FULL_FENCES) &&
            ENDS(fence_order_core_sync, FENCE_STOP_THREADS) &&
            ENDS(fence_order_rseq_restart, FENCE_NO_RSEQ) &&
            ENDS(fence_order_across_processes, FENCE_FULL_FENCES) &&
            ENDS(fence_order_realtime, FENCE_FULL_FENCES) &&
            ENDS(fence_order_portable, FENCE_FULL_FENCES) &&
            fence_order_portable[0] == FENCE_MEMBARRIER_PRIVATE_EXPEDITED);
        }`,
      );
      const strict = ["-std=c11", "-Wall", "-Wextra", "-Werror"];
      const compiler = await new Deno.Command("gcc", {
        args: [...strict, "-o", `${directory}/a`, `${directory}/main.c`],
      }).output();
      assertEquals(compiler.success, true, new TextDecoder().decode(compiler.stderr));
      assertEquals((await new Deno.Command(`${directory}/a`).output()).code, 0);
    });
  },
});

Deno.test("lab advise refuses what it does not know, and a store without runs", async () => {
  await inStore(async (directory) => {
    const empty = await lab(["advise", "--out", directory]);
    assertEquals(empty.code, 1);
    assertStringIncludes(empty.stderr, "Remedy: make one by");
    await storeOn(directory);
    const unknown = await lab(["advise", "--out", directory, "--need", "speed"]);
    assertEquals(unknown.code, 1);
    assertStringIncludes(unknown.stderr, "Unknown need 'speed'. Remedy: one of ordering");
    const inherited = await lab(["advise", "--out", directory, "--need", "toString"]);
    assertEquals([inherited.code, inherited.stdout], [1, ""]);
    const lost = `${directory}/none/advice.h`;
    const unwritable = await lab(["advise", "--out", directory, "--header", lost]);
    assertEquals(unwritable.code, 1);
    assert(unwritable.stderr.includes("Remedy: name a file in a directory"), unwritable.stderr);
  });
});

Deno.test("lab advise --header replaces its own headers alone, and leaves a stranger's .tmp", async () => {
  await inStore(async (directory) => {
    await storeOn(directory);
    const header = `${directory}/advice.h`;
    const advise = (...more: string[]): ReturnType<typeof lab> =>
      lab(["advise", "--out", directory, "--header", header, ...more]);
    const text = (path: string): Promise<string> => Deno.readTextFile(path);
    await Deno.writeTextFile(header, "#pragma once\n");
    const foreign = await advise();
    assertEquals(foreign.code, 1);
    assertStringIncludes(foreign.stderr, "no header of fencelab");
    assertEquals(await text(header), "#pragma once\n");
    assertEquals((await advise("--force")).code, 0);
    const written = await text(header);
    assertStringIncludes(written, "/* fencelab.advice/1:");
    await Deno.writeTextFile(`${header}.tmp`, "mine");
    const beside = await advise("--force");
    assertEquals(beside.code, 1);
    assertStringIncludes(beside.stderr, "advice.h.tmp', under which it is written first");
    assertEquals([await text(`${header}.tmp`), await text(header)], ["mine", written]);
    // What a write of ours left that was broken off
    await Deno.writeTextFile(`${header}.tmp`, written.slice(0, 60));
    assertEquals((await advise()).code, 0);
    await assertRejects(() => Deno.stat(`${header}.tmp`), Deno.errors.NotFound);
    await Deno.symlink(`${directory}/elsewhere`, `${header}.tmp`);
    assertEquals((await advise()).code, 1);
    await assertRejects(() => Deno.stat(`${directory}/elsewhere`), Deno.errors.NotFound);
  });
});

Deno.test("lab ladders and lab advise go on without runs that cannot be read", async () => {
  await inStore(async (directory) => {
    await storeOn(directory);
    const damaged = "20261121T020000Z-altra-0001";
    await Deno.mkdir(`${directory}/${damaged}`);
    await Deno.writeTextFile(`${directory}/${damaged}/run.json`, '{"schema":"fencelab.run/9"}');
    for (const command of ["ladders", "advise"]) {
      for (const named of [[], [damaged, "20261121T010438Z"]]) {
        const { code, stderr } = await lab([command, ...named, "--out", directory]);
        assertEquals(code, 0, stderr);
        assertStringIncludes(stderr, "Note: left out: Cannot read run");
      }
      const alone = await lab([command, damaged, "--out", directory]);
      assertEquals(alone.code, 1);
      assertStringIncludes(alone.stderr, "no run that can be read");
    }
  });
});

Deno.test("lab ladders shows each host once, with proof of an older run and its name", async () => {
  await inStore(async (directory) => {
    await storeOn(directory);
    const id = "20261101T010438Z-altra-0001";
    await storeOn(directory, id);
    const path = `${directory}/${id}/run.json`;
    const run = JSON.parse(await Deno.readTextFile(path));
    run.startedAt = "2026-11-01T01:04:38Z";
    run.results = resultsWith(({ technique, role }) =>
      technique === "signal" && role === "technique" ? { counts: sideOf(5, 20_000) } : {}
    );
    await Deno.writeTextFile(path, JSON.stringify(run));
    const ladders = async (...named: string[]) => {
      const { stdout, stderr } = await lab(["ladders", ...named, "--out", directory, "--json"]);
      assert(stdout !== "", stderr);
      return JSON.parse(stdout).hosts;
    };
    const twice = await ladders("latest", "latest");
    assertEquals(twice.map((one: { runs: string[] }) => one.runs.length), [1]);
    const [host, ...others] = await ladders();
    assertEquals([others, host.runs.length], [[], 2]);
    const musl = host.landings.find((one: { library: string; situation: string }) =>
      one.library === "musl dlopen" && one.situation === "eperm"
    );
    assertEquals(musl.soundness, "unsound");
    assertStringIncludes(musl.why, `run ${id}`);
  });
});
