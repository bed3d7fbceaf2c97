import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Result, Run, Warning } from "../experiments/run/run_schema.ts";
import { sampleCapture, sampleCaptured, sampleCost, sampleRun } from "../testdata/sample_run.ts";
import { drawHistogram, INTERRUPT, seeded } from "../statistics/testdata/samples.ts";
import { compareRuns } from "./compare_runs.ts";

let number = 0;

const TECHNIQUES = ["munmap", "membarrier-global", "user:my_fence"];

/** A run of all techniques; every run has the same samples, times a factor. */
function run(factor: number, ...warnings: Warning[]): Run {
  const histogram = drawHistogram(INTERRUPT, 2000, seeded(5), factor);
  const results: Result[] = TECHNIQUES.map((technique) =>
    sampleCost({ technique, count: 2000, histogram })
  );
  results.push(sampleCapture({ techniques: [sampleCaptured()] }));
  const id = `20261121T010438Z-local-${(number++).toString(16).padStart(4, "0")}`;
  return sampleRun({ id, results, warnings });
}

function warning(message: string, code = "W038", invalidates = true): Warning {
  return { code, message, remedy: "r", invalidates };
}

function verdicts(left: Run[], right: Run[]): string[] {
  const { cost } = compareRuns(left, right);
  return cost.map(({ verdict, quantiles }) => {
    assertEquals(quantiles[0]!.verdict, verdict);
    return verdict;
  });
}

Deno.test("times that a warning invalidates get no verdict, those of other techniques do", () => {
  const cases: [string, string[]][] = [
    ["Of munmap 90 % samples were dropped", ["not-compared", "slower", "slower"]],
    ["9.0 % of the samples of munmap (1 sibling, 1 caller) were dropped: what was kept", [
      "not-compared",
      "slower",
      "slower",
    ]],
    ["membarrier-global, munmap", ["not-compared", "not-compared", "slower"]],
    ["One read costs more than user:my_fence: the clock", ["slower", "slower", "not-compared"]],
    // Neither a longer name nor another technique is the one asked for
    ["membarrier-global-expedited (1 sibling)", ["slower", "slower", "slower"]],
    ["mutant-noop was not noticed", ["slower", "slower", "slower"]],
    // No name: all of the run
    ["the harness fails", ["not-compared", "not-compared", "not-compared"]],
  ];
  for (const [message, expected] of cases) {
    assertEquals(verdicts([run(1, warning(message))], [run(1.5)]), expected, message);
    assertEquals(verdicts([run(1)], [run(1.5, warning(message))]), expected, message);
  }
});

Deno.test("warnings that do not invalidate leave the verdict", () => {
  const harmless = warning("munmap: hm", "W030", false);
  assertEquals(verdicts([run(1, harmless)], [run(1.5)])[0], "slower");
});

Deno.test("the words name the warning and its side, and how many of several runs bear it", () => {
  const dropped = warning("munmap: dropped");
  const [row] = compareRuns([run(1)], [run(1.5, dropped)]).cost;
  assertEquals(row!.words, "times are shown, not compared: W038 invalidates those of the right");
  assertEquals([row!.effect, row!.quantiles[0]!.ratio], [null, null]);
  assertStringIncludes(row!.notes.join(), "W038 invalidates those of the right");
  const [several] = compareRuns([run(1), run(1), run(1, dropped)], [run(1.5)]).cost;
  assertMatch(several!.words, /W038 invalidates those of the left, in 1 of 3 runs$/);
});

Deno.test("figures of a technique that a warning names are not compared either", () => {
  const dropped = warning("munmap: dropped");
  const { figures } = compareRuns([run(1), run(1)], [run(1, dropped), run(1)]);
  assertEquals(new Set(figures.map(({ verdict }) => verdict)), new Set(["not-compared"]));
  assertMatch(figures[0]!.words, /W038/);
  const other = compareRuns([run(1), run(1)], [run(1, warning("mremap: dropped")), run(1)]);
  assertEquals(new Set(other.figures.map(({ verdict }) => verdict)), new Set(["no-change"]));
});
