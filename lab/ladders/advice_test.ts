import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { sideOf } from "../experiments/ordering/testdata/counts.ts";
import { resultsWith } from "../experiments/ordering/testdata/runs.ts";
import { renderBlocks } from "../document/terminal.ts";
import { chainOf } from "./advice_section.ts";
import { HostCollector } from "../experiments/host_collector.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { sampleCapture, sampleCaptured, sampleCost, sampleRun } from "../testdata/sample_run.ts";
import { findTechnique } from "../format/techniques.ts";
import { type Advice, adviceFor, needs, usableRungs } from "./advice.ts";
import { ADVICE_SIGNATURE, adviceHeader } from "./advice_header.ts";
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

Deno.test("usableRungs() drops no technique for a passing fault, alone or beside a good run", () => {
  const technique = "membarrier-private-expedited";
  const failed = sampleRun({
    results: [sampleCost({
      technique,
      available: false,
      outcome: "failed",
      reason: "the crew's threads cannot start: EINVAL",
      errno: "EINVAL",
      count: 0,
      ns: null,
    })],
  });
  const [cost] = adviceOn("ordering", failed).rungs[0]!.costs;
  assertEquals([cost!.available, cost!.failed], [null, "the crew's threads cannot start: EINVAL"]);
  assertEquals(order(adviceOn("ordering", failed))[0], technique);
  const text = renderBlocks([chainOf(adviceOn("ordering", failed))], { color: false, width: 500 });
  assertStringIncludes(text, "local: failed (the crew's threads cannot start: EINVAL)");
  const collector = new HostCollector();
  collector.add(failed);
  collector.add({ ...runWith({ [technique]: true }), startedAt: "2026-11-20T01:04:38Z" });
  const [view] = collector.views();
  assertEquals(adviceOn("ordering", view!.run).rungs[0]!.costs[0]!.ns, 16_000);
});

Deno.test("usableRungs() for hosts that nobody knows do not depend on those seen", () => {
  const refused = runWith({ "membarrier-private-expedited": false, "signal": false });
  assertEquals(order(adviceOn("portable", refused)), ["membarrier-private-expedited", "signal"]);
});

Deno.test("usableRungs() leaves out what one host was seen to break", () => {
  const broken = sampleRun({
    results: resultsWith(({ technique, role }) =>
      technique === "membarrier-private-expedited" && role === "scenario"
        ? { counts: sideOf(9, 20_000) }
        : {}
    ),
  });
  const fine = runWith({ "membarrier-private-expedited": true });
  for (const need of ["ordering", "portable"]) {
    const advice = adviceOn(need, fine, broken);
    assertEquals(order(advice), ["signal"]);
    const [first] = advice.rungs;
    assertMatch(
      first!.leftOut!,
      /^unsound on local: seen to fail here: C: .* \(9 of 20000 turns\)/,
    );
    assertEquals(first!.costs.map(({ soundness }) => soundness), ["by contract", "unsound"]);
    const header = adviceHeader([advice], []);
    assert(!header.includes("\tFENCE_MEMBARRIER_PRIVATE_EXPEDITED,"), header);
    assertStringIncludes(header, "/* left out: membarrier-private-expedited: unsound on local");
    const text = renderBlocks([chainOf(advice)], { color: false, width: 500 });
    assertStringIncludes(text, "left out: membarrier-private-expedited: unsound on local");
  }
});

Deno.test("adviceHeader() ends each order with what stands in for that need", () => {
  const header = adviceHeader(adviceFor([]), []);
  const ends = [...header.matchAll(/fence_order_(\w+)\[\] = \{[^}]*\t(\w+),\n\}/g)]
    .map(([, need, end]) => `${need}: ${end}`);
  assertEquals(ends, [
    "ordering: FENCE_FULL_FENCES",
    "core_sync: FENCE_STOP_THREADS",
    "rseq_restart: FENCE_NO_RSEQ",
    "across_processes: FENCE_FULL_FENCES",
    "realtime: FENCE_FULL_FENCES",
    "portable: FENCE_FULL_FENCES",
  ]);
  assert(header.startsWith(ADVICE_SIGNATURE));
});

Deno.test("adviceFor() gives costs for each host", () => {
  const [rung] = adviceOn("ordering", runWith({ "membarrier-private-expedited": true })).rungs;
  assertEquals(rung?.costs, [{
    host: "local",
    ns: 16_000,
    available: true,
    failed: null,
    emulated: false,
    soundness: "by contract",
    soundnessWhy: "documented to order memory",
  }]);
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

Deno.test("matrixOf() charges no sibling where no interrupt arrives", () => {
  const cost = (value: number): number | null => {
    const ipisPerOp = { value, source: "perf", ops: 10, interrupts: 10 } as const;
    const run = sampleRun({
      results: [
        sampleCost({ technique: "munmap", ipisPerOp }),
        sampleCapture({ techniques: [sampleCaptured({ technique: "munmap" })] }),
      ],
    });
    return matrixOf([run])[0]!.cells[0]!.siblingNs;
  };
  assertEquals([cost(0), cost(1)], [null, 900]);
});
