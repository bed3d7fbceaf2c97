import { assert } from "@std/assert";
import { sampleCost } from "../../testdata/sample_run.ts";
import {
  drawHistogram,
  INTERRUPT,
  normal,
  seeded,
  type Shape,
} from "../../statistics/testdata/samples.ts";
import type { TimeVerdict } from "../../judgement/judgement.ts";
import type { CostComparison } from "./cost_comparison.ts";
import { compareCost, type CostSample, sampleOf } from "./compare.ts";

const SAMPLES = 5000;
const TRIALS = 100;

/** Times as the lab meets them, each with a log-normal body. */
const SHAPES: Readonly<Record<string, Shape>> = {
  "an interrupt with its tail": INTERRUPT,
  "a system call": { median: 90_000, sigma: 0.05, tail: 0.01, outliers: 0.0005, second: 0 },
  "a wide spread": { median: 12_000_000, sigma: 0.5, tail: 0.02, outliers: 0.002, second: 0 },
  "two modes": { median: 8_000_000, sigma: 0.1, tail: 0.01, outliers: 0.001, second: 0.3 },
};

function drawCost(
  shape: Shape,
  random: () => number,
  factor = 1,
  count = SAMPLES,
): CostSample {
  return sampleOf(sampleCost({ count, histogram: drawHistogram(shape, count, random, factor) }));
}

/** How many of the trials end in each verdict. */
function trials(run: () => CostComparison): Record<TimeVerdict, number> {
  const verdicts = ["faster", "slower", "no-change", "too-noisy", "needs-runs", "not-compared"];
  const counted = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<
    TimeVerdict,
    number
  >;
  for (let trial = 0; trial < TRIALS; trial++) counted[run().verdict]++;
  return counted;
}

for (const [seed, [name, shape]] of Object.entries(SHAPES).entries()) {
  Deno.test(`two samples of one distribution are no change in 95 of 100 trials: ${name}`, () => {
    const random = seeded(100 + seed);
    const counted = trials(() =>
      compareCost([drawCost(shape, random)], [drawCost(shape, random)], true)
    );
    assert(counted["no-change"] >= 95, JSON.stringify(counted));
  });

  Deno.test(`a shift by 10 % is found in 95 of 100 trials of 5000 samples: ${name}`, () => {
    const random = seeded(200 + seed);
    const slower = trials(() =>
      compareCost([drawCost(shape, random)], [drawCost(shape, random, 1.1)], true)
    );
    assert(slower.slower >= 95, JSON.stringify(slower));
    const faster = trials(() =>
      compareCost([drawCost(shape, random, 1.1)], [drawCost(shape, random)], true)
    );
    assert(faster.faster >= 95, JSON.stringify(faster));
  });
}

/** Runs that differ from each other by more than their samples tell: other pages, other load. */
function drawSide(runs: number, jitter: number, random: () => number, factor = 1): CostSample[] {
  return Array.from({ length: runs }, () => {
    const own = Math.exp(jitter * normal(random));
    // The noise within these runs is small already
    return drawCost(INTERRUPT, random, factor * own, 600);
  });
}

Deno.test("runs that differ by chance are called changed in about 5 of 100 trials", () => {
  for (const [left, right] of [[2, 2], [3, 5], [5, 5], [1, 4]] as const) {
    const random = seeded(400 + left);
    const counted = trials(() =>
      compareCost(drawSide(left, 0.08, random), drawSide(right, 0.08, random), true)
    );
    const changed = counted.faster + counted.slower;
    // A 5 % chance gives more than 9 of 100 once in thirty seeds; these seeds are fixed.
    assert(changed <= 9, `${left} and ${right} runs: ${JSON.stringify(counted)}`);
  }
});

Deno.test("a shift by 10 % is found among runs that differ by 3 %", () => {
  const random = seeded(500);
  const counted = trials(() =>
    compareCost(drawSide(6, 0.03, random), drawSide(6, 0.03, random, 1.1), true)
  );
  assert(counted.slower >= 95, JSON.stringify(counted));
});

Deno.test("a shift by 10 % among noisy runs is called no change in at most 5 of 100 trials", () => {
  for (const [runs, jitter] of [[5, 0.05], [5, 0.03], [3, 0.03], [10, 0.08]] as const) {
    for (const factor of [1.1, 1 / 1.1]) {
      const random = seeded(600 + runs);
      const counted = trials(() =>
        compareCost(drawSide(runs, jitter, random), drawSide(runs, jitter, random, factor), true)
      );
      assert(
        counted["no-change"] <= 5,
        `${runs} runs, ${jitter}, ${factor}: ${JSON.stringify(counted)}`,
      );
    }
  }
});

Deno.test("several quiet runs of one distribution are no change in 95 of 100 trials", () => {
  const random = seeded(700);
  const counted = trials(() =>
    compareCost(drawSide(5, 0.01, random), drawSide(5, 0.01, random), true)
  );
  assert(counted["no-change"] >= 95, JSON.stringify(counted));
});

Deno.test("tails of one distribution are called changed in about 5 of 100 trials", () => {
  const random = seeded(300);
  const counted = { p90: 0, p99: 0 };
  for (let trial = 0; trial < TRIALS; trial++) {
    const [left, right] = [drawSide(3, 0.02, random), drawSide(3, 0.02, random)];
    for (const { quantile, verdict } of compareCost(left, right, true).quantiles) {
      if (quantile !== "p50" && (verdict === "faster" || verdict === "slower")) counted[quantile]++;
    }
  }
  assert(counted.p90 <= 9 && counted.p99 <= 9, JSON.stringify(counted));
});
