import { assert, assertEquals } from "@std/assert";
import { orderingSchema } from "./ordering_schema.ts";
import { arrangementsFor, OTHER_PAIRS } from "./arrangements.ts";
import { concludeOrdering, gatesOf } from "./conclude.ts";
import { brokenPromises, contradictions, mutationScore } from "./score.ts";
import { sideOf } from "./testdata/counts.ts";
import { allArrangements, countedWith, resultsWith } from "./testdata/runs.ts";

Deno.test("concludeOrdering() gives results of the schema, one for each arrangement", () => {
  const results = resultsWith();
  assertEquals(results.length, allArrangements.length);
  for (const result of results) assertEquals(orderingSchema.safeParse(result).success, true);
  const sound = results.find(({ technique, role }) =>
    technique === "membarrier-private-expedited" && role === "technique"
  );
  assertEquals(sound?.verdict, "ordered");
  assertEquals(sound?.evidence["costRiseNs"], 100);
  assertEquals([brokenPromises(results), contradictions(results)], [[], []]);
  assertEquals(mutationScore(results), { caught: 5, within: 5, total: 5, missed: [] });
});

Deno.test("concludeOrdering() trusts nothing when fences on both sides fail", () => {
  const counted = countedWith((one) =>
    one.parameters["light"] === "fence" && one.technique === "fence"
      ? { counts: sideOf(2, 20_000) }
      : {}
  );
  const results = concludeOrdering(counted, "6.12");
  assertEquals(gatesOf(counted).mustPassWeak, 2);
  assert(!results.some(({ verdict }) => verdict === "ordered"));
  assertEquals(contradictions(results).map(({ technique }) => technique), ["fence"]);
});

Deno.test("concludeOrdering() says ordered of nothing when a control that must fail does not", () => {
  for (const technique of ["none", "fence"]) {
    const results = resultsWith((one) =>
      one.technique === technique && one.role === "control" && one.expected === "not-ordered"
        ? { counts: sideOf(1999, 20_000) }
        : {}
    );
    const others = results.filter((result) => result.technique.startsWith("membarrier"));
    assert(!others.some(({ verdict }) => verdict === "ordered"), technique);
  }
});

Deno.test("concludeOrdering() says ordered of nothing when a control was not run", () => {
  const counted = countedWith();
  const results = concludeOrdering(
    counted.filter(({ arrangement: { technique, role } }) =>
      !(technique === "none" && role === "control")
    ),
    "6.12",
  );
  assert(!results.some(({ role, verdict }) => role !== "control" && verdict === "ordered"));
});

Deno.test("concludeOrdering() says ordered of nothing when two of a kind are not alike", () => {
  // The delay's own row fails in 30 % of its turns, the delay that it is measured by in 90 %:
  // one that returns too early would do that
  const results = resultsWith((one) =>
    one.technique === "delay" ? { counts: sideOf(6000, 20_000), delay: sideOf(9000, 10_000) } : {}
  );
  assert(!results.some(({ role, verdict }) => role !== "control" && verdict === "ordered"));
  assertEquals(results[0]?.controls["unlike"], ["delay (sibling)"]);
});

Deno.test("mutationScore() asks for more than one outcome where hundreds were due", () => {
  const results = resultsWith((one) =>
    one.technique === "mutant-wrong-cpu" ? { counts: sideOf(1, 20_000) } : {}
  );
  assertEquals(mutationScore(results)?.missed, ["mutant-wrong-cpu"]);
});

Deno.test("mutationScore() leaves out what the test had no power to catch", () => {
  const results = resultsWith((one) => {
    if (one.technique === "mutant-noop") return { counts: sideOf(0, 20_000) };
    if (one.technique !== "mutant-early") return {};
    return { counts: sideOf(0, 20_000), delay: sideOf(0, 10_000) };
  });
  assertEquals(mutationScore(results), {
    caught: 3,
    within: 4,
    total: 5,
    missed: ["mutant-noop"],
  });
});

Deno.test("brokenPromises() are those of documentation, in arrangements that it covers", () => {
  const results = resultsWith((one) =>
    one.technique === "membarrier-sync-core" || one.technique === "mremap"
      ? { counts: sideOf(5, 20_000) }
      : {}
  );
  const broken = brokenPromises(results).map(({ technique, role }) => `${technique} ${role}`);
  assertEquals(broken, ["membarrier-sync-core technique", "membarrier-sync-core caller"]);
});

Deno.test("arrangementsFor() always runs the controls, those of each technique, and mutants beside membarrier", () => {
  const few = arrangementsFor(["munmap"], "x86_64");
  assertEquals(few.map(({ technique, role }) => `${technique} ${role}`), [
    "none control",
    "fence control",
    "fence control",
    "delay control",
    "munmap technique",
    "getppid control",
    "munmap-untouched control",
    "munmap caller",
    "munmap mechanism",
    ...Array.from({ length: 5 }, () => "munmap scenario"),
  ]);
  // What x86-64 keeps in order by itself is tested elsewhere
  const names = (arch: string): string[] =>
    arrangementsFor(["munmap"], arch).map(({ name }) => name);
  assertEquals(
    names("aarch64").filter((name) => !names("x86_64").includes(name)),
    OTHER_PAIRS.map(({ name }) => name),
  );
  assertEquals(allArrangements.filter(({ role }) => role === "mutant").length, 5);
});
