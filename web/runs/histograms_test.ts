import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { distribution } from "../../lab/report/testdata/runs.ts";
import { sampleCost } from "../../lab/testdata/sample_run.ts";
import { histogramCharts } from "./histograms.ts";

Deno.test("histogramCharts() bins all samples of each technique on one axis", () => {
  const rows = [
    sampleCost({ technique: "munmap", siblings: 1, ...distribution(2_000_000) }),
    sampleCost({ technique: "munmap-untouched", siblings: 1, ...distribution(500_000) }),
    sampleCost({ technique: "signal", siblings: 1, ...distribution(9_000_000) }),
    sampleCost({ technique: "munmap", siblings: 0, ...distribution(100) }),
  ];
  const charts = histogramCharts(rows, false);
  assertEquals(charts.map(({ series }) => series.map(({ name }) => name)), [
    ["munmap", "munmap-untouched"],
    ["signal"],
  ]);
  const [tricks] = charts;
  assertEquals(tricks!.series.map(({ color, dashed }) => [color, dashed]), [[0, false], [0, true]]);
  for (const [at, shares] of tricks!.shares.entries()) {
    assertAlmostEquals(shares.reduce((sum, share) => sum + share, 0), 1, 1e-9);
    assertEquals(shares.length, tricks!.edges.length - 1);
    // The bin in which half of the samples are reached holds the median
    const median = at === 0 ? 2000 : 500;
    let seen = 0;
    const middle = shares.findIndex((share) => (seen += share) >= 0.5);
    assert(tricks!.edges[middle]! <= median * 1.01, `${tricks!.edges[middle]} of ${median}`);
    assert(tricks!.edges[middle + 1]! * 1.25 >= median);
  }
  const { edges } = tricks!;
  for (const [at, edge] of edges.slice(1).entries()) {
    assertAlmostEquals(edge / edges[at]!, 10 ** (1 / 20), 1e-3);
  }
  assert(edges[0]! < 500 && edges.at(-1)! > 2000);
});

Deno.test("histogramCharts() draws nothing of what kept no sample", () => {
  const empty = { unit: "ps" as const, precisionBits: 7, index: [], count: [] };
  assertEquals(histogramCharts([sampleCost({ available: false, histogram: null })], false), []);
  assertEquals(histogramCharts([sampleCost({ histogram: empty })], false), []);
});
