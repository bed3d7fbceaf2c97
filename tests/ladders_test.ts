import { assert, assertEquals, assertStringIncludes } from "@std/assert";

import { sampleCost, sampleRun } from "../lab/schema/sample_run.ts";
import { RunStore } from "../lab/store/run_store.ts";
import { techniques } from "../lab/techniques.ts";
import { lab } from "./lab_process.ts";
import { hasProgram, needs } from "./needs.ts";

/** A store with one run of an arm64 host, whose TLB techniques interrupt nobody. */
async function storeOn(directory: string): Promise<void> {
  const run = sampleRun({
    results: techniques.map(({ id }) => {
      const value = /^(mprotect|munmap|madvise|mremap)/.test(id) ? 0 : 1;
      const ipisPerOp = { value, source: "perf" as const, ops: 10, interrupts: 10 * value };
      return sampleCost({ technique: id, ipisPerOp });
    }),
  });
  const host = { ...run.host, name: "altra", arch: "aarch64" as const };
  await new RunStore(directory).save({ ...run, host, id: "20261121T010438Z-altra-3fa2" });
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
        #define ENDS(order) (order[sizeof(order) / sizeof(order[0]) - 1] == FENCE_FULL_FENCES)
        int main(void) {
          return !(ENDS(fence_order_ordering) && ENDS(fence_order_core_sync) &&
            ENDS(fence_order_rseq_restart) && ENDS(fence_order_across_processes) &&
            ENDS(fence_order_realtime) && ENDS(fence_order_portable) &&
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
    const lost = `${directory}/none/advice.h`;
    const unwritable = await lab(["advise", "--out", directory, "--header", lost]);
    assertEquals(unwritable.code, 1);
    assert(unwritable.stderr.includes("Remedy: name a file in a directory"), unwritable.stderr);
  });
});
