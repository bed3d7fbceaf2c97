import { assertEquals, assertMatch } from "@std/assert";
import type { Result, Run } from "../experiments/run/run_schema.ts";
import { sampleRun } from "../testdata/sample_run.ts";
import { compareStatements } from "./statements.ts";

function conformance(actual: string, pass: boolean, skipped = false): Result {
  return {
    experiment: "conformance",
    cases: [{ name: "a case", expected: "EPERM", actual, pass, skipped, note: null }],
  };
}

/** The parts of an ordering result that are compared. */
function ordering(verdict: string, role = "technique"): Result {
  const parts = { experiment: "ordering", technique: "munmap", arrangement: "sibling" };
  return { ...parts, role, verdict } as unknown as Result;
}

function shapes(weak: number, ran = true): Result {
  return {
    experiment: "shapes",
    cpus: [0, 1],
    shapes: [{ shape: "SB", threads: 2, barrier: "none", iterations: 100, weak, ran, why: null }],
    priority: "fifo",
    seconds: 1,
  };
}

const runOf = (...results: Result[]): Run => sampleRun({ results });

Deno.test("an order that only one side kept is grave, one that could not be told is not", () => {
  const cases: [string, string, boolean, RegExp][] = [
    ["ordered", "not-ordered", true, /the right was seen to break/],
    ["not-ordered", "ordered", true, /the left was seen to break/],
    ["ordered", "not-discriminable", false, /evidence, not the machine/],
    ["starved", "ordered", false, /the left could not tell/],
  ];
  for (const [left, right, grave, words] of cases) {
    const [row] = compareStatements([runOf(ordering(left))], [runOf(ordering(right))]);
    assertEquals([row!.changed, row!.grave], [true, grave], `${left} ${right}`);
    assertMatch(row!.words, words);
  }
});

Deno.test("a mutant that passes on one side is about the test", () => {
  const [row] = compareStatements(
    [runOf(ordering("not-ordered", "mutant"))],
    [runOf(ordering("ordered", "mutant"))],
  );
  assertEquals([row!.changed, row!.grave], [true, false]);
});

Deno.test("core-sync in the wrong order is a test of the test, with a subject of its own", () => {
  const coreSync = (technique: string, order: string, verdict: string): Result =>
    ({ experiment: "core-sync", technique, order, verdict }) as unknown as Result;
  const [from, to] = (["ordered", "not-ordered"] as const).map((verdict) =>
    runOf(
      coreSync("none", "publish-first", "not-ordered"),
      coreSync("none", "code-first", verdict),
      coreSync("membarrier-sync-core", "code-first", verdict),
    )
  );
  const rows = compareStatements([from!], [to!]);
  assertEquals(rows.map(({ subject, changed, grave }) => [subject, changed, grave]), [
    ["none, publish-first", false, false],
    // Merged with the control above, this change would be hidden
    ["none, code-first", true, false],
    ["membarrier-sync-core, code-first", true, true],
  ]);
  assertMatch(rows[1]!.words, /^a control/);
  const [control] = compareStatements(
    [runOf(coreSync("none", "publish-first", "not-ordered"))],
    [runOf(coreSync("none", "publish-first", "ordered"))],
  );
  assertEquals([control!.changed, control!.grave], [true, false]);
});

Deno.test("of several runs of a side the one that saw most counts", () => {
  const seen = [runOf(ordering("ordered")), runOf(ordering("not-ordered"))];
  const [row] = compareStatements(seen, [
    runOf(ordering("not-discriminable"), ordering("ordered")),
  ]);
  assertEquals([row!.left, row!.right], ["not-ordered", "ordered"]);
});

Deno.test("cases of conformance differ by their answers", () => {
  const compare = (left: Result, right: Result): [boolean, boolean] => {
    const [row] = compareStatements([runOf(left)], [runOf(right)]);
    return [row!.changed, row!.grave];
  };
  assertEquals(compare(conformance("EPERM", true), conformance("EPERM", true)), [false, false]);
  assertEquals(compare(conformance("EPERM", true), conformance("0", false)), [true, true]);
  assertEquals(compare(conformance("EPERM", true), conformance("", false, true)), [true, false]);
});

Deno.test("shapes differ by whether they were seen, not by how often", () => {
  const compare = (left: Result, right: Result): boolean =>
    compareStatements([runOf(left)], [runOf(right)])[0]!.changed;
  assertEquals(compare(shapes(5), shapes(60)), false);
  assertEquals(compare(shapes(5), shapes(0)), true);
  assertEquals(compare(shapes(0), shapes(0, false)), true);
});

Deno.test("what one side alone was asked for is no difference", () => {
  assertEquals(compareStatements([runOf(shapes(1))], [runOf(ordering("ordered"))]), []);
});
