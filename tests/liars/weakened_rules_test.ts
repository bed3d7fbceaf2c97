/**
 * What the liars of fences/ did on two virtual CPUs (Zen 3, KVM, Linux 6.18), judged by rules that are
 * weaker than those of lab/experiments/ordering/verdict.ts, which believe them, and by those, which
 * do not. Each is a rule that somebody might think enough.
 */

import { assertEquals } from "@std/assert";

import { powerOf } from "../../lab/experiments/ordering/power.ts";
import { countsOf, siblingOf, sideOf } from "../../lab/experiments/ordering/testdata/counts.ts";
import type { OrderingCounts } from "../../lab/experiments/ordering/ordering_schema.ts";
import { type Gates, judge } from "../../lab/experiments/ordering/verdict.ts";

/** Controls that all did what they should. */
const GATES: Gates = { mustFail: { none: 0.99, fence: 0.99 }, mustPassWeak: 0, unlike: [] };

function verdictOf(counts: OrderingCounts, gates = GATES): string {
  return judge(counts, gates).verdict;
}

/** Counts of fencelab 0.1: the delay lasted as long as a call beside a sibling without clogs. */
function unmatched(changes: Parameters<typeof countsOf>[0]): OrderingCounts {
  const { siblings: _, first: __, ruler: ___, ...counts } = countsOf(changes);
  return counts;
}

/** The rule of fencelab 0.1: that delay's rate is the power, whatever the counted calls took. */
function believingDelay(counts: OrderingCounts): string {
  return verdictOf({ ...counts, siblings: [siblingOf(counts.counts, counts.delay)] });
}

Deno.test("dear-when-clogged is believed by power from calls beside an idle store buffer", () => {
  const old = unmatched({
    counts: sideOf(0, 19_715),
    delay: sideOf(9_978, 10_000),
    costNs: 1047,
    cloggedNs: 26_065,
  });
  assertEquals(believingDelay(old), "ordered");
  assertEquals(verdictOf(old), "not-discriminable");
  const matched = countsOf({ counts: sideOf(760, 20_000), delay: sideOf(3_910, 10_000) });
  assertEquals(verdictOf(matched), "not-ordered");
});

Deno.test("skips-20 and skips-100 are believed by a bound from turns without their power", () => {
  // All calls of a clogged sibling last longer than stores are held back, those left out as well
  const old = unmatched({ counts: sideOf(0, 20_000), delay: sideOf(9_366, 10_000) });
  assertEquals(believingDelay(old), "ordered");
  assertEquals(verdictOf(old), "not-discriminable");
  // Three of all turns, and what the turns could have shown
  const few = countsOf({ counts: sideOf(0, 20_000), delay: sideOf(160, 10_000) });
  assertEquals(3 / few.counts.iterations < 1 / 100, true);
  assertEquals((powerOf(few)?.excluded ?? 1) > 1 / 100, true);
});

Deno.test("late is believed by whoever looks at counted turns alone", () => {
  const counts = countsOf({
    counts: sideOf(0, 21_725),
    first: { iterations: 2715, weak: 305 },
  });
  assertEquals(verdictOf({ ...counts, first: { iterations: 0, weak: 0 } }), "ordered");
  assertEquals(verdictOf(counts), "not-ordered");
});

Deno.test("skips-slowly is believed by whoever takes its failing calls to be as long as others", () => {
  const counts = countsOf({
    counts: sideOf(0, 20_000),
    delay: sideOf(1_400, 10_000),
    reach: { ns: 16_000, calls: 9_000, longer: 4_500 },
  });
  assertEquals(verdictOf({ ...counts, reach: { ns: 16_000, calls: 9_000, longer: 0 } }), "ordered");
  assertEquals(verdictOf(counts), "not-discriminable");
});

Deno.test("sibling-only is believed by whoever asks for the sibling's order alone", () => {
  const sibling = countsOf({ counts: sideOf(0, 22_000), delay: sideOf(290, 10_000) });
  const caller = countsOf({
    counts: sideOf(9_516, 19_999),
    delay: sideOf(4_270, 10_000),
    light: "fence",
    clogged: "caller",
  });
  assertEquals(verdictOf(sibling), "ordered");
  assertEquals(verdictOf(caller), "not-ordered");
});

Deno.test("caller-only, one-cpu and when-busy are believed without clogs and without power", () => {
  // None of 20000 turns each: an idle store buffer has let go of everything before they return
  const idle = countsOf({ counts: sideOf(0, 20_000), delay: sideOf(0, 10_000) });
  const believingZero = ({ counts }: OrderingCounts): string =>
    counts.weak === 0 ? "ordered" : "not-ordered";
  assertEquals(believingZero(idle), "ordered");
  assertEquals(verdictOf(idle), "not-discriminable");
});
