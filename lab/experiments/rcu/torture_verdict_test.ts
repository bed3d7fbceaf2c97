import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sampleControl, sampleRcu } from "../../testdata/sample_rcu.ts";
import type { RcuResult } from "./rcu_schema.ts";
import { judgeTorture, LACKS_CONTROL, tortureOf } from "./torture_verdict.ts";

const KERNEL = "6.18.0";

/** A control of rounds with 1000 grace periods each. */
function control(...stale: number[]): NonNullable<RcuResult["control"]> {
  const sum = stale.reduce((a, b) => a + b, 0);
  const rounds = stale.map((stale) => ({ gracePeriods: 1000, stale }));
  const all = stale.length * 1000;
  return { seconds: 1, reads: 1e6, writes: all, gracePeriods: all, stale: sum, rounds };
}

/** A torture with one reader, of which 8000 grace periods had power. */
function torture(changes: Partial<RcuResult> = {}): RcuResult {
  const threads = { readers: 1, writers: 1, readerCpus: [1], writerCpus: [0] };
  return sampleRcu({
    mode: "torture",
    readNs: null,
    reads: 9000,
    aimed: 8000,
    ...threads,
    ...changes,
  });
}

function verdictOf(changes: Partial<RcuResult>): string {
  return judgeTorture(torture(changes), KERNEL).verdict;
}

const even = sampleControl(10);

Deno.test("judgeTorture() says that nothing was stale only where its control shows what would be", () => {
  assertEquals(verdictOf({ control: even }), "no-stale-readers");
  assertEquals(verdictOf({ control: control(0, 0, 0, 0, 0, 0, 0, 0) }), "not-discriminable");
  assertEquals(verdictOf({ control: control(1, 1, 0, 1, 1, 0, 1, 0) }), "not-discriminable");
  // As good a control, but hardly any grace period of the flavour was like its own
  assertEquals(verdictOf({ control: even, aimed: 100 }), "not-discriminable");
  assertEquals(verdictOf({}), "not-discriminable");
});

Deno.test("judgeTorture() takes a stale reader for proof, whatever its control shows", () => {
  const judged = judgeTorture(torture({ stale: 3, control: control(0, 0) }), KERNEL);
  assertEquals([judged.verdict, judged.bound], ["stale-readers", null]);
  assertStringIncludes(judged.holds, "3 of 9000 sections held a freed object");
  assertEquals(verdictOf({ stale: 1 }), "stale-readers");
});

Deno.test("judgeTorture() trusts stale readers less that came in bursts, or several at once", () => {
  const bound = (changes: Partial<RcuResult>): number =>
    judgeTorture(torture(changes), KERNEL).bound ?? 1;
  assert(bound({ control: control(80, 0, 0, 0, 0, 0, 0, 0) }) > 5 * bound({ control: even }));
  // Each of six readers may be let down by one grace period
  assert(bound({ readers: 6, control: even }) > 5 * bound({ control: even }));
});

Deno.test("judgeTorture() excludes three of those that were to be expected", () => {
  const judged = judgeTorture(torture({ control: even }), KERNEL);
  // 80 in 8000: R's binom.test() has 0.793 % for the lower end
  assertEquals(judged.power.toFixed(5), "0.00794");
  assertEquals(judged.bound!.toFixed(4), (3 / (judged.power * 8000)).toFixed(4));
});

Deno.test("what a verdict holds for is one sentence: kernel, threads, control, share excluded", () => {
  assertEquals(
    judgeTorture(torture({ control: even }), KERNEL).holds,
    "Linux 6.18.0, 1 reader on CPU 1, 1 writer on CPU 0: 0 of 9000 sections held a freed " +
      "object; the same readers without fences, whose writers wait as long instead, held 80 in " +
      "8000 grace periods, so with 95 % confidence fewer than 4.7 % of 8000 grace periods fail to " +
      "order",
  );
  const none = judgeTorture(torture({ control: control(0, 0) }), KERNEL).holds;
  assertStringIncludes(none, "not to be told, 0 of 9000 sections");
  assertStringIncludes(none, "held none in 2000 grace periods");
});

Deno.test("tortureOf() judges runs that were stored without a control by what they lack", () => {
  const { verdict, holds } = tortureOf(torture())!;
  assertEquals(verdict, "not-discriminable");
  assertStringIncludes(holds, `lacks ${LACKS_CONTROL}`);
});

Deno.test("tortureOf() has nothing to say of speed, mutants, and what did not run", () => {
  const cases: Partial<RcuResult>[] = [
    { mode: "bench" },
    { mutant: true },
    { available: false },
    { reads: 0 },
  ];
  for (const changes of cases) assertEquals(tortureOf(torture(changes)), null);
});

Deno.test("tortureOf() repeats what the run itself said", () => {
  const said = {
    verdict: "no-stale-readers",
    power: 0.5,
    bound: 0.01,
    holds: "as it was",
  } as const;
  assertEquals(tortureOf(torture({ ...said, control: even }), KERNEL), said);
});
