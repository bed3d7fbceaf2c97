import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { OrderingCounts } from "./ordering_schema.ts";
import { countsOf, siblingOf, sideOf } from "./testdata/counts.ts";
import { type Gates, holdsFor, judge, observation, RULES } from "./verdict.ts";

const good: Gates = { mustFail: { none: 0.99, fence: 0.98 }, mustPassWeak: 0, unlike: [] };

function ruleOf(changes: Partial<OrderingCounts>, gates: Gates = good): string {
  const { rule, verdict } = judge(countsOf(changes), gates);
  return `${rule}: ${verdict}`;
}

Deno.test("judge() gives each verdict by its rule", () => {
  const cases: [string, Partial<OrderingCounts>, Gates?][] = [
    ["powerful: ordered", {}],
    ["unavailable: not-discriminable", { available: false, reason: "EPERM" }],
    ["invalid: not-discriminable", {}, { ...good, mustPassWeak: 1 }],
    ["seen: not-ordered", { available: false, reason: "EIO", counts: sideOf(1, 20_000) }],
    ["seen: not-ordered", { counts: sideOf(1, 20_000) }],
    ["long: not-discriminable", { reach: { ns: 14_000, calls: 10_000, longer: 1001 } }],
    ["powerful: ordered", { reach: { ns: 14_000, calls: 10_000, longer: 1000 } }],
    ["forgot: not-discriminable", { kept: "kept" }],
    ["seen: not-ordered", { kept: "kept", counts: sideOf(1, 20_000) }],
    ["starved: starved", { starved: true, reason: "a side did not get to run for 3 s" }],
    ["slow: not-discriminable", { costNs: RULES.slowNs + 1, counts: sideOf(0, 200) }],
    ["few: starved", { counts: sideOf(0, RULES.leastIterations - 1) }],
    ["gates: not-discriminable", {}, { ...good, mustFail: { none: 0.99, fence: 0.09 } }],
    ["unchecked: not-discriminable", {}, { ...good, mustPassWeak: null }],
    ["unlike: not-discriminable", {}, { ...good, unlike: ["delay (sibling)"] }],
    ["brief: not-discriminable", { ruler: { turns: 10_000, brief: 101 } }],
    ["seen: not-ordered", { first: { iterations: 2800, weak: 1 } }],
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

Deno.test("judge() counts on the lower end of the delay's rate", () => {
  // 16 of 10000 at the point are 9.15 at least, of 20000 turns 18.3
  const few = judge(countsOf({ delay: sideOf(16, 10_000) }), good);
  assertEquals(few.rule, "powerless");
  assert(few.why.includes("only 18 times"), few.why);
  assertEquals(ruleOf({ delay: sideOf(18, 10_000) }), "powerful: ordered");
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
    assert(power.expected >= RULES.expectedWeak && !starved);
    assertAlmostEquals(bound ?? NaN, 3 / power.expected);
  }));
});

Deno.test("judge() names a share of failing calls only where it would have been seen", () => {
  const { bound } = judge(countsOf(), good);
  // 27.1 % of 20000 turns at least
  assert(bound !== null && bound > 3 / (0.28 * 20_000) && bound < 3 / (0.27 * 20_000), `${bound}`);
  assertEquals(judge(countsOf({ delay: sideOf(0, 10_000) }), good).bound, null);
  assertEquals(judge(countsOf({ counts: sideOf(2, 20_000) }), good).bound, null);
  assertEquals(judge(countsOf({ counts: sideOf(0, 0) }), good).bound, null);
});

Deno.test("judge() counts on outcomes that come in bursts for less", () => {
  const even = judge(countsOf(), good);
  const counts = countsOf();
  const blocks = { ...counts.siblings![0]!.blocks };
  // All that were caught were caught in half of the blocks
  blocks.delayWeak = blocks.delayWeak.map((weak, block) => block % 2 === 0 ? 2 * weak : 0);
  const bursts = judge({ ...counts, siblings: [{ ...counts.siblings![0]!, blocks }] }, good);
  assert(bursts.power.rate < even.power.rate && bursts.bound! > 50 * even.bound!);
});

Deno.test("judge() takes the sibling of which least can be said", () => {
  const counts = sideOf(0, 20_000);
  const siblings = [sideOf(2800, 10_000), sideOf(0, 10_000)]
    .map((delay) => siblingOf(counts, delay));
  assertEquals(ruleOf({ siblings }), "powerless: not-discriminable");
});

Deno.test("holdsFor() says for what a verdict holds, in one sentence", () => {
  const holds = (changes: Partial<OrderingCounts>): string =>
    holdsFor(countsOf(changes), judge(countsOf(changes), good), "6.12.1");
  const where = "Linux 6.12.1, caller on CPU 0, 1 sibling on CPU 1: ";
  assertEquals(
    holds({}),
    `${where}none of 20000 calls failed; a delay as long that orders nothing is noticed in 27 % of ` +
      "turns, so with 95 % confidence fewer than 0.056 % of calls fail to order",
  );
  assert(
    holds({ reach: { ns: 14_000, calls: 10_000, longer: 50 } }).endsWith(
      "fewer than 0.56 % of calls fail to order, with the 0.50 % of them that lasted longer than " +
        "14.0 µs, of which nothing is known",
    ),
  );
  assertEquals(
    holds({ counts: sideOf(3, 20_000) }),
    `${where}3 of 20000 turns had the outcome that a fence forbids`,
  );
  assert(holds({ delay: sideOf(0, 10_000) }).startsWith(`${where}not to be told, none in 20000`));
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
