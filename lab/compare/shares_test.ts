import { assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import type { Run } from "../experiments/run/run_schema.ts";
import { sampleDisturbance } from "../testdata/sample_disturbance.ts";
import { sampleRcu } from "../testdata/sample_rcu.ts";
import { sampleRun } from "../testdata/sample_run.ts";
import { compareRuns } from "./compare_runs.ts";
import type { FigureComparison } from "./comparison.ts";

let number = 0;

function runWith(result: Run["results"][number]): Run {
  const id = `20261121T010438Z-local-${(number++).toString(16).padStart(4, "0")}`;
  return sampleRun({ id, results: [result] });
}

/** Stolen shares of the runs of both sides, compared. */
function compared(left: number[], right: number[]): FigureComparison {
  const runs = (shares: number[]): Run[] =>
    shares.map((stolenShare) => runWith({ ...sampleDisturbance(), stolenShare }));
  const { figures } = compareRuns(runs(left), runs(right));
  return figures.find(({ figure }) => figure === "stolen share")!;
}

Deno.test("shares near zero are no change, whatever their ratio", () => {
  const row = compared([0, 0, 0], [1e-7, 1e-7, 1e-7]);
  assertEquals([row.verdict, row.ratio, row.threshold], ["no-change", null, 0.01]);
  assertEquals(
    row.words,
    "no change: 0.0 percentage points (0.0 to 0.0), changes above 1.0 points count " +
      "(the least that counts)",
  );
  assertEquals(compared([1e-9, 0.002, 0], [0.004, 1e-8, 0.001]).verdict, "no-change");
  assertEquals(compared([0.01, 0.01], [0.019, 0.019]).verdict, "no-change");
});

Deno.test("shares are shown as their mean, 0 as 0, and never outside of 0 to 1", () => {
  const row = compared([0, 0, 0], [0.001, 0.002, 0.009]);
  assertEquals(row.left, { value: 0, low: 0, high: 0 });
  assertAlmostEquals(row.right!.value, 0.004, 1e-12);
  assertEquals(row.right!.low, 0);
  assertEquals(compared([0.5, 0.99], [0.5, 0.5]).left!.high, 1);
});

Deno.test("shares that differ by more than a point and the spread are more or less", () => {
  const row = compared([0.1, 0.11, 0.12], [0.3, 0.31, 0.32]);
  assertEquals([row.verdict, row.thresholdFrom], ["slower", "between-runs"]);
  assertMatch(
    row.words,
    /^more: \+20\.0 percentage points \(\+17\.7 to \+22\.3\), changes above 2/,
  );
  assertMatch(compared([0.3, 0.3], [0.1, 0.1]).words, /^less: -20\.0 percentage points/);
});

Deno.test("shares that spread widely are too noisy to say", () => {
  const row = compared([0.1, 0.5, 0.3], [0.2, 0.6, 0.1]);
  assertEquals([row.verdict, row.thresholdFrom], ["too-noisy", "between-runs"]);
  // Within 1.9 points of each other, but 2.6 cannot be ruled out
  assertEquals(compared([0.1, 0.105], [0.11, 0.115]).verdict, "too-noisy");
});

Deno.test("shares of single runs are shown without a verdict", () => {
  const row = compared([0], [0.4]);
  assertEquals([row.verdict, row.left], ["needs-runs", { value: 0, low: null, high: null }]);
});

Deno.test("a rate of nothing is shown as 0, and has no ratio to something", () => {
  const rate = (left: number, right: number): FigureComparison => {
    const rcu = (writes: number): Run =>
      runWith(sampleRcu({ flavour: "mb", writes, seconds: 1, stale: 0 }));
    const { figures } = compareRuns([rcu(left), rcu(left)], [rcu(right), rcu(right)]);
    return figures.find(({ figure }) => figure === "writes")!;
  };
  const some = rate(0, 1000);
  assertEquals([some.verdict, some.ratio, some.left!.value], ["not-compared", null, 0]);
  assertMatch(some.words, /nothing has no ratio/);
  const none = rate(0, 0);
  assertEquals([none.verdict, none.left!.value, none.right!.value], ["no-change", 0, 0]);
});
