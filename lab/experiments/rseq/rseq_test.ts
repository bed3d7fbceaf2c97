import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sampleRseq, sampleTurns } from "../../testdata/sample_rseq.ts";
import { sampleRun } from "../../testdata/sample_run.ts";
import { shown } from "../../testdata/shown.ts";
import { rseqKind } from "./kind.ts";
import { rseqResults } from "./rseq_results.ts";
import { type RseqCounts, type RseqResult, rseqSchema } from "./rseq_schema.ts";
import { rseqSection } from "./section.ts";

function counts(changes: Partial<RseqCounts> = {}): RseqCounts {
  const sibling = (cpu: number, restarted: number): RseqCounts["siblings"][number] => ({
    cpu,
    called: sampleTurns({ restarted }),
    quiet: sampleTurns(),
    restarts: restarted,
  });
  return {
    technique: "membarrier-rseq-cpu",
    available: true,
    reason: null,
    errno: null,
    siblings: [sibling(1, 20_000), sibling(2, 0), sibling(3, 0)],
    calledSeconds: 0.3,
    quietSeconds: 0.3,
    starved: false,
    seconds: 0.7,
    priority: "fifo",
    callerCpu: 0,
    aimedCpu: 1,
    ...changes,
  };
}

/** Role, siblings, calls and verdict of each result. */
function told(results: readonly RseqResult[]): unknown[] {
  for (const result of results) assertEquals(rseqSchema.safeParse(result).error, undefined);
  return results.map((
    { role, siblings, called, verdict },
  ) => [role, siblings, called.turns, verdict]);
}

Deno.test("rseqResults() judges siblings that are aimed at and bystanders apart", () => {
  assertEquals(told(rseqResults(counts(), "sibling", [1, 2, 3], "6.12.1")), [
    ["aimed", 1, 20_000, "restarted"],
    ["bystander", 2, 40_000, "spared"],
  ]);
  assertEquals(told(rseqResults(counts(), "all", [1, 2, 3], "6.12.1")), [
    ["aimed", 3, 60_000, "not-restarted"],
  ]);
  assertEquals(told(rseqResults(counts({ aimedCpu: 0 }), "caller", [1, 2, 3], "6.12.1")), [
    ["bystander", 3, 60_000, "not-spared"],
  ]);
  const refused = counts({ available: false, reason: "EINVAL", siblings: [] });
  assertEquals(told(rseqResults(refused, "sibling", [1], "6.12.1")), [[
    "aimed",
    1,
    0,
    "not-discriminable",
  ]]);
});

const broken = sampleRseq({ called: sampleTurns({ restarted: 19_000 }) });
Deno.test("rseqResults() says for what a verdict holds, in one sentence", () => {
  const [, bystanders] = rseqResults(counts(), "sibling", [1, 2, 3], "6.12.1");
  assertEquals(
    bystanders!.holds,
    "Linux 6.12.1, caller on CPU 0, 2 bystanders on CPUs 2-3: 0 of 40000 calls restarted a sibling " +
      "on another CPU that was not switched out, without a call 0 of 40000 turns: fewer than " +
      "0.0093 % of calls do so (95 %)",
  );
});

const bystander = (restarted: number): RseqResult =>
  sampleRseq({
    technique: "membarrier-rseq-cpu",
    role: "bystander",
    aim: "caller",
    called: sampleTurns({ restarted }),
  });
const [spared, disturbed] = [bystander(0), bystander(900)];
const control = sampleRseq({ technique: "getppid", called: sampleTurns() });

Deno.test("rseqKind: a section that goes on breaks the promise, and so does a bystander's restart", () => {
  const promises = [broken, disturbed, spared, control, sampleRseq()].map(rseqKind.brokenPromise);
  assertEquals(promises, [true, true, false, false, false]);
  // A control that restarts has promised nothing
  assert(!rseqKind.brokenPromise(sampleRseq({ technique: "getppid" })));
});

Deno.test("rseqKind: ladders hear of sections that went on, for those who need their restart", () => {
  const { failure } = rseqKind;
  assertEquals(
    failure(broken, "membarrier-rseq", "rseq-restart"),
    "sections went on after 1000 of 20000 calls",
  );
  assertEquals(failure(broken, "membarrier-rseq", "ordering"), null);
  assertEquals(failure(broken, "membarrier-rseq-cpu", "rseq-restart"), null);
  assertEquals(failure(disturbed, "membarrier-rseq-cpu", "rseq-restart"), null);
});

Deno.test("rseqKind: checks pass only where there is a verdict, as documented", () => {
  const outcomes = [
    sampleRseq(),
    spared,
    control,
    broken,
    disturbed,
    sampleRseq({ starved: true }),
  ].flatMap((result) => rseqKind.checks(result, sampleRun().host));
  assertEquals(outcomes.map(({ outcome }) => outcome), [
    "passed",
    "passed",
    "passed",
    "failed",
    "failed",
    "skipped",
  ]);
  assertEquals(outcomes[1]!.name, "membarrier-rseq-cpu for the caller's CPU (1 bystander)");
  assert(outcomes[0]!.ordered && !outcomes[2]!.ordered);
});

Deno.test("rseqKind: what was seen outweighs what was not, and that what could not be seen", () => {
  const weights = [broken, sampleRseq(), sampleRseq({ starved: true })].map((result) =>
    rseqKind.weight(result, false)
  );
  assertEquals(weights, weights.toSorted((one, other) => other - one));
  assertEquals(new Set(weights).size, 3);
  assertEquals(rseqKind.weight(sampleRseq(), true), weights[2]);
});

Deno.test("rseqKind: two sides that differ differ gravely, unless one could not tell", () => {
  const [statement] = rseqKind.statements(sampleRseq());
  const { words, grave } = statement!.means("not-restarted");
  assertEquals(words, "on the right sections went on that calls restart on the left");
  assert(grave && !statement!.means("starved").grave);
});

Deno.test("rseqSection() shows each role with its counts, its reason and what is excluded", () => {
  const text = shown(rseqSection, sampleRun({ results: [sampleRseq(), spared, broken] }), {
    color: false,
    width: 160,
  });
  assert(
    /membarrier-rseq +all CPUs +sibling +restarted +20000 +20000 +0 +0 +0 of 20000 +0.016 %/.test(
      text,
    ),
    text,
  );
  assert(/membarrier-rseq-cpu +the caller's CPU +bystander +spared +20000 +0 /.test(text), text);
  assertStringIncludes(text, "1000 of 20000 calls left the section running");
  assertEquals(shown(rseqSection, sampleRun({ results: [] }), { color: false, width: 160 }), "");
  const hostile = shown(rseqSection, sampleRun({ results: [sampleRseq({ holds: "\x1b[2J" })] }), {
    color: true,
    width: 160,
  });
  assert(!hostile.includes("\x1b[2J"));
});
