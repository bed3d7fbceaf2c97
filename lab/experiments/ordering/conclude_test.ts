import { assert, assertEquals } from "@std/assert";
import { orderingSchema } from "./ordering_schema.ts";
import { arrangementsFor } from "./arrangements.ts";
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
  assertEquals(sound?.evidence["costRiseNs"], 10_500);
  assertEquals([brokenPromises(results), contradictions(results)], [[], []]);
  assertEquals(mutationScore(results), { caught: 5, within: 5, total: 5, missed: [] });
});

Deno.test("concludeOrdering() trusts nothing when fences on both sides fail", () => {
  const counted = countedWith((one) =>
    one.parameters["light"] === "fence" && one.technique === "fence"
      ? { counts: sideOf(2, 20_000) }
      : {}
  );
  const results = concludeOrdering(counted);
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
  );
  assert(!results.some(({ role, verdict }) => role !== "control" && verdict === "ordered"));
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
  assertEquals(broken, ["membarrier-sync-core technique"]);
});

Deno.test("arrangementsFor() always runs the controls, those of each technique, and mutants beside membarrier", () => {
  const few = arrangementsFor(["munmap"]);
  assertEquals(few.map(({ technique, role }) => `${technique} ${role}`), [
    "none control",
    "fence control",
    "fence control",
    "munmap technique",
    "getppid control",
    "munmap-untouched control",
    "munmap mechanism",
  ]);
  assertEquals(allArrangements.filter(({ role }) => role === "mutant").length, 5);
});
