import { assert, assertEquals } from "@std/assert";
import type { Arrangement } from "./arrangements.ts";
import { sideOf } from "./testdata/counts.ts";
import { resultsWith } from "./testdata/runs.ts";
import type { OrderingCounts } from "./ordering_schema.ts";
import { sampleRun } from "../../testdata/sample_run.ts";
import { orderingSection } from "./section.ts";
import { shown } from "../../testdata/shown.ts";

function render(change: (one: Arrangement) => Partial<OrderingCounts>, all = false): string {
  const run = sampleRun({ results: resultsWith(change) });
  return shown(orderingSection, run, { color: false, width: 200, all });
}

/** Lines that start with a text, their spaces made single. */
function linesOf(text: string, start: string): string[] {
  return text.split("\n").map((line) => line.trim().replaceAll(/ +/g, " "))
    .filter((line) => line.startsWith(start));
}

const sound = (): Partial<OrderingCounts> => ({});

Deno.test("orderingSection() shows nothing of a run without results", () => {
  assertEquals(shown(orderingSection, sampleRun(), { color: false, width: 100 }), "");
});

Deno.test("orderingSection() shows verdict, counts, power, failing calls and evidence of a technique", () => {
  assertEquals(
    linesOf(render(sound), "membarrier-sync-core")[0],
    "membarrier-sync-core sibling ordered 0 of 20000 27.1 % < 0.056 % 1.01 100.0 % 0.3 % " +
      "8.50 µs, 8.60 µs stream-store ×4",
  );
});

Deno.test("orderingSection() says why a technique is not ordered", () => {
  const text = render(({ technique, role }) =>
    technique === "munmap" && role === "technique" ? { delay: sideOf(0, 10_000) } : {}
  );
  assertEquals(linesOf(text, "munmap:"), [
    "munmap: none in 20000, but a delay as long that orders nothing would have failed less than once",
  ]);
});

Deno.test("orderingSection() draws the man page's table", () => {
  const rows = (text: string): string[] =>
    ["barrier()", "smp_mb()", "sys_membarrier()"].map((name) => linesOf(text, name).at(-1)!);
  const weakFences = ({ parameters, role }: Arrangement): Partial<OrderingCounts> =>
    role === "pair" && parameters["light"] !== undefined
      ? { counts: sideOf(0, 20_000), delay: sideOf(0, 10_000) }
      : {};
  assertEquals(rows(render(weakFences)), [
    "barrier() X (6000 of 20000) ? (0 of 20000) O (0 of 20000) mirrored",
    "smp_mb() X (6000 of 20000) O (0 of 20000) O (0 of 20000) mirrored",
    "sys_membarrier() O (0 of 20000) O (0 of 20000) ? (0 of 20000)",
  ]);
  const broken = render(({ technique, role }) =>
    technique === "membarrier-private-expedited" && role === "technique"
      ? { counts: sideOf(2, 20_000) }
      : {}
  );
  assert(rows(broken)[2]!.startsWith("sys_membarrier() X! (2 of 20000)"), rows(broken)[2]);
});

Deno.test("orderingSection() names mutants that were missed", () => {
  const text = render(({ technique }) =>
    technique === "mutant-noop" ? { counts: sideOf(0, 10_000) } : {}
  );
  assert(text.endsWith("4 caught of 5 within the test's power, of 5; missed: mutant-noop"), text);
});

Deno.test("orderingSection() adds litmus7's lines when asked for all", () => {
  assert(render(sound, true).includes("Observation SB+signal Never 0 20000"));
  assert(!render(sound).includes("Observation"));
});
