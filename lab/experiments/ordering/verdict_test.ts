import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { OrderingCounts } from "./ordering_schema.ts";
import { countsOf, sideOf } from "./testdata/counts.ts";
import { type Gates, judge, observation, rateAtLeast, RULES } from "./verdict.ts";

const good: Gates = { mustFail: { none: 0.99, fence: 0.98 }, mustPassWeak: 0 };

function ruleOf(changes: Partial<OrderingCounts>, gates: Gates = good): string {
  const { rule, verdict } = judge(countsOf(changes), gates);
  return `${rule}: ${verdict}`;
}

Deno.test("judge() gives each verdict by its rule", () => {
  const cases: [string, Partial<OrderingCounts>, Gates?][] = [
    ["powerful: ordered", {}],
    ["unavailable: not-discriminable", { available: false, reason: "EPERM" }],
    ["invalid: not-discriminable", {}, { ...good, mustPassWeak: 1 }],
    ["seen: not-ordered", { counts: sideOf(1, 20_000) }],
    ["starved: starved", { starved: true, reason: "a side did not get to run for 3 s" }],
    ["slow: not-discriminable", { costNs: RULES.slowNs + 1, counts: sideOf(0, 200) }],
    ["few: starved", { counts: sideOf(0, RULES.leastIterations - 1) }],
    ["gates: not-discriminable", {}, { ...good, mustFail: { none: 0.99, fence: 0.09 } }],
    ["unchecked: not-discriminable", {}, { ...good, mustPassWeak: null }],
    ["drift: not-discriminable", { costAfterNs: 8500 * 1.51 }],
    ["powerless: not-discriminable", { delay: sideOf(0, 10_000) }],
  ];
  for (const [expected, changes, gates] of cases) assertEquals(ruleOf(changes, gates), expected);
});

Deno.test("judge() takes a single forbidden outcome for proof, whatever else is wrong", () => {
  const weak = { counts: sideOf(1, 20_000) };
  assertEquals(ruleOf({ ...weak, starved: true }), "seen: not-ordered");
  assertEquals(ruleOf({ ...weak, delay: sideOf(0, 10_000) }), "seen: not-ordered");
  assertEquals(ruleOf(weak, { ...good, mustFail: { none: 0 } }), "seen: not-ordered");
  // … except where the harness itself is caught lying
  assertEquals(ruleOf(weak, { ...good, mustPassWeak: 3 }), "invalid: not-discriminable");
});

Deno.test("judge() counts on the lower end of the delay's rate and on half of the turns", () => {
  // 40 of 10000 at the point, 29.4 at least: 20000 / 2 turns would show 29
  assertEquals(ruleOf({ delay: sideOf(40, 10_000) }), "powerful: ordered");
  // 28 of 10000 at the point would show 28 in half of the turns, but at least only 19.4 are sure
  const few = judge(countsOf({ delay: sideOf(28, 10_000) }), good);
  assertEquals(few.rule, "powerless");
  assert(few.why.includes("only 19 times"), few.why);
});

Deno.test("judge() never says ordered without power, and never after a forbidden outcome", () => {
  const count = fc.nat({ max: 20_000 });
  fc.assert(fc.property(count, count, count, fc.boolean(), (weak, iterations, delayed, starved) => {
    const { verdict, power, bound } = judge(
      countsOf({
        counts: sideOf(Math.min(weak, iterations), iterations),
        delay: sideOf(Math.min(delayed, 10_000), 10_000),
        starved,
      }),
      good,
    );
    if (verdict !== "ordered") return;
    assertEquals(Math.min(weak, iterations), 0);
    assert(power * iterations / 2 >= RULES.expectedWeak && !starved);
    assertAlmostEquals(bound ?? NaN, 3 / iterations);
  }));
});

Deno.test("judge() names a bound only where no forbidden outcome was seen", () => {
  assertEquals(judge(countsOf(), good).bound, 3 / 20_000);
  assertEquals(judge(countsOf({ counts: sideOf(2, 20_000) }), good).bound, null);
  assertEquals(judge(countsOf({ counts: sideOf(0, 0) }), good).bound, null);
});

Deno.test("rateAtLeast() is Wilson's lower limit", () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3
  assertAlmostEquals(rateAtLeast(81, 263), 0.2553, 5e-5);
  assertAlmostEquals(rateAtLeast(15, 148), 0.0624, 5e-5);
  assertAlmostEquals(rateAtLeast(1, 29), 0.0061, 5e-5);
  assertEquals([rateAtLeast(0, 20), rateAtLeast(0, 0)], [0, 0]);
});

Deno.test("observation() writes litmus7's line", () => {
  const lines = [
    observation(countsOf()),
    observation(countsOf({ technique: "none", counts: sideOf(3, 10), light: "fence" })),
    observation(countsOf({ technique: "fence", counts: sideOf(10, 10), shape: "mp" })),
  ];
  assertEquals(lines, [
    "Observation SB+membarrier-private-expedited Never 0 20000",
    "Observation SB+none+fence Sometimes 3 7",
    "Observation MP+fence Always 10 0",
  ]);
});
