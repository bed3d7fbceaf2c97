import { assert, assertEquals } from "@std/assert";
import type { Run } from "../run_schema.ts";
import { sampleCost, sampleRun } from "../schema/sample_run.ts";
import { findTechnique } from "../techniques.ts";
import { type Advice, adviceFor, needs, usableRungs } from "./advice.ts";
import { matrixOf } from "./matrix.ts";

function runWith(available: Readonly<Record<string, boolean>>): Run {
  return sampleRun({
    results: Object.entries(available).map(([technique, there]) =>
      sampleCost({ technique, available: there })
    ),
  });
}

function adviceOn(need: string, ...runs: Run[]): Advice {
  return adviceFor(runs).find((one) => one.need === need)!;
}

function order(advice: Advice): string[] {
  return usableRungs(advice).map(({ technique }) => technique);
}

Deno.test("adviceFor() answers every need, and never with what nothing promises but one walk", () => {
  const all = adviceFor([]);
  assertEquals(all.map(({ need }) => need), Object.keys(needs) as typeof all[number]["need"][]);
  for (const { need, rungs, bottom } of all) {
    assert(bottom.length > 20 && rungs.length > 0, need);
    for (const { technique } of rungs) {
      const promise = findTechnique(technique)?.promise;
      assert(promise !== "nothing" || technique === "affinity-walk", `${need}: ${technique}`);
      assert(promise !== undefined && promise !== "control", `${need}: ${technique}`);
    }
  }
});

Deno.test("usableRungs() leaves out what no host seen can use", () => {
  const refused = runWith({ "membarrier-private-expedited": false, "signal": true });
  const granted = runWith({ "membarrier-private-expedited": true });
  assertEquals(order(adviceOn("ordering", refused)), ["signal"]);
  assertEquals(order(adviceOn("ordering", refused, granted)), [
    "membarrier-private-expedited",
    "signal",
  ]);
  assertEquals(order(adviceOn("ordering")), ["membarrier-private-expedited", "signal"]);
});

Deno.test("adviceFor() gives costs for each host", () => {
  const [rung] = adviceOn("ordering", runWith({ "membarrier-private-expedited": true })).rungs;
  assertEquals(rung?.costs, [{ host: "local", ns: 16_000, available: true, emulated: false }]);
});

Deno.test("matrixOf() has a row for each technique that a host tried", () => {
  const rows = matrixOf([runWith({ munmap: true }), runWith({ signal: false })]);
  assertEquals(rows.map(({ technique }) => technique), ["munmap", "signal"]);
  assertEquals(rows[0]?.cells.map(({ available, p50Ns }) => [available, p50Ns]), [
    [true, 16_000],
    [null, null],
  ]);
  assertEquals(rows[1]?.cells[1]?.available, false);
});
