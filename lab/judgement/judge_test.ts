import { assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { type Replicates, replicatesOf } from "../statistics/replicates.ts";
import { judge, judgementWords } from "./judge.ts";

/** Runs without noise within them. */
function side(...values: number[]): Replicates {
  return replicatesOf(values.map((value) => ({ value, low: value, high: value })));
}

/** One run with an interval of ± a share. */
function noisy(value: number, share: number): Replicates {
  return replicatesOf([{ value, low: value * (1 - share), high: value * (1 + share) }]);
}

Deno.test("judge() does not count what is below the minimum, however exact", () => {
  const judged = judge(side(1e6), side(1.04e6), 0);
  assertEquals([judged.verdict, judged.thresholdFrom], ["no-change", "minimum"]);
  assertAlmostEquals(judged.threshold!, 0.05, 1e-12);
  assertEquals(judge(side(1e6), side(1.06e6), 0).verdict, "slower");
  assertEquals(judge(side(1.06e6), side(1e6), 0).verdict, "faster");
});

Deno.test("judge() asks more where samples are noisy, and says no change only of quiet ones", () => {
  const judged = judge(noisy(1e6, 0.06), noisy(1.005e6, 0.06), 0);
  assertEquals([judged.verdict, judged.thresholdFrom], ["no-change", "within-runs"]);
  assertEquals(judge(noisy(1e6, 0.12), noisy(1.07e6, 0.12), 0).verdict, "too-noisy");
  assertEquals(judge(noisy(1e6, 0.12), noisy(2e6, 0.12), 0).verdict, "slower");
});

Deno.test("judge() says no change only where a change of a tenth is ruled out", () => {
  const wide = (value: number, factor: number): Replicates =>
    replicatesOf([{ value, low: value / factor, high: value * factor }]);
  const [base, likely] = [wide(1e6, 1.0642), wide(1.09e6, 1.0642)];
  // Noise below 10 %, and yet a change of 10 % is likelier than none
  assertMatch(judgementWords(judge(base, likely, 0)), /^too noisy: 1.090 times \(0.998 to 1.190\)/);
  assertEquals(judge(likely, base, 0).verdict, "too-noisy");
  // The bound is the same factor both ways
  for (const [factor, verdict] of [[1.039, "no-change"], [1.042, "too-noisy"]] as const) {
    const [one, other] = [wide(1e6, 1.04), wide(factor * 1e6, 1.04)];
    assertEquals(judge(one, other, 0).verdict, verdict, `${factor}`);
    assertEquals(judge(other, one, 0).verdict, verdict, `1 / ${factor}`);
  }
});

Deno.test("judge() takes the spread between runs where it is wider", () => {
  const judged = judge(side(1e6, 1.1e6, 1.2e6), side(1.2e6, 1.3e6, 1.4e6), 0);
  assertEquals([judged.verdict, judged.thresholdFrom], ["too-noisy", "between-runs"]);
  assertEquals(judge(side(1e6, 1.01e6, 1.02e6), side(1.2e6, 1.21e6), 0).verdict, "slower");
});

Deno.test("judge() does not see below the clock's step", () => {
  const judged = judge(side(100_000), side(140_000), 0.5);
  assertEquals([judged.verdict, judged.thresholdFrom], ["too-noisy", "clock-step"]);
  assertEquals(judge(side(100_000), side(140_000), 0.2).verdict, "slower");
  assertEquals(judge(side(100_000), side(100_000), 0.5).verdict, "too-noisy");
});

Deno.test("judge() has no threshold where samples are too few", () => {
  const few = replicatesOf([{ value: 1e6, low: 9e5, high: null }]);
  const judged = judge(few, few, 0);
  assertEquals([judged.verdict, judged.threshold], ["too-noisy", null]);
  assertEquals([judged.ratio?.low, judged.ratio?.high], [null, null]);
  assertMatch(judgementWords(judged), /too few samples/);
});

Deno.test("judge() calls more of a rate faster", () => {
  assertEquals(judge(side(1e6), side(2e6), 0, "faster").verdict, "faster");
  assertEquals(judge(side(2e6), side(1e6), 0, "faster").verdict, "slower");
});

Deno.test("judgementWords() states ratio, interval and threshold with its reason", () => {
  assertEquals(
    judgementWords(judge(side(1e6), side(1.25e6), 0)),
    "slower: 1.250 times (1.250 to 1.250), changes above 5.0 % count (the least that counts)",
  );
});

Deno.test("judgementWords() of single runs tells a change as one of these runs", () => {
  assertEquals(
    judgementWords(judge(side(1e6), side(1.25e6), 0), true),
    "slower in this run: 1.250 times (1.250 to 1.250), changes above 5.0 % count " +
      "(the least that counts); one run each: repeat before you believe it",
  );
  const same = judge(side(1e6), side(1e6), 0);
  assertEquals(judgementWords(same, true), judgementWords(same));
});
