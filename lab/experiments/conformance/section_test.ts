import { assert, assertEquals } from "@std/assert";
import type { ConformanceCase } from "./conformance_schema.ts";
import { sampleRun } from "../../testdata/sample_run.ts";
import { conformanceSection } from "./section.ts";
import { shown } from "../../testdata/shown.ts";
import type { RenderOptions } from "../../text/style.ts";

const OPTIONS: RenderOptions = { color: false, width: 100 };

function caseOf(
  name: string,
  changes: Partial<ConformanceCase> = {},
): ConformanceCase {
  return { name, expected: "0", actual: "0", pass: true, skipped: false, note: null, ...changes };
}

const CASES = [
  caseOf("query"),
  caseOf("rseq-cpu", { pass: true, skipped: true, actual: "", note: "needs 2 CPUs" }),
  caseOf("unknown command", { expected: "EINVAL", actual: "ENOSYS", pass: false, note: "1.2" }),
];
const RUN = sampleRun({ results: [{ experiment: "conformance", cases: CASES }] });

Deno.test("conformanceSection() shows what differs first and counts what passed", () => {
  assertEquals(
    shown(conformanceSection, RUN, OPTIONS),
    [
      "Conformance",
      "  outcome  case             expected  actual  note",
      "  ───────  ───────────────  ────────  ──────  ────────────",
      "  DIFFERS  unknown command  EINVAL    ENOSYS  1.2",
      "  skipped  rseq-cpu         0                 needs 2 CPUs",
      "  1 of 2 as documented, 1 skipped",
    ].join("\n"),
  );
});

Deno.test("conformanceSection() lists the passed cases when asked for all", () => {
  const lines = shown(conformanceSection, RUN, { ...OPTIONS, all: true }).split("\n");
  assertEquals(lines.map((line) => line.trim().split("  ")[0]).slice(3, 6), [
    "DIFFERS",
    "skipped",
    "as documented",
  ]);
});

Deno.test("conformanceSection() is one line when all is well", () => {
  const cases = Array.from({ length: 84 }, (_, number) => caseOf(`case ${number}`));
  const run = sampleRun({ results: [{ experiment: "conformance", cases }] });
  assertEquals(shown(conformanceSection, run, OPTIONS), "Conformance\n  84 of 84 as documented");
});

Deno.test("conformanceSection() counts what a filter does, or fencelab, apart from the kernel", () => {
  const cases = [
    caseOf("query"),
    caseOf("filter EPERM: query", { expected: "EPERM", actual: "EPERM" }),
    caseOf("filter that kills: query", { actual: "EIO", pass: false }),
    // A name that older runs do not have, and a subject that they do not say
    caseOf("another", { subject: "filter" }),
    caseOf("filter answering EPERM is recognised"),
    caseOf("technique without mlock names it"),
  ];
  const run = sampleRun({ results: [{ experiment: "conformance", cases }] });
  assertEquals(shown(conformanceSection, run, OPTIONS).split("\n").slice(4), [
    "  1 of 1 as documented",
    "  2 of 3 under seccomp filters of the lab's own, as the filter says",
    "  2 of 2 refusals named by fencelab as what they are",
  ]);
});

Deno.test("conformanceSection() says how often each answer came, and what could not have shown", () => {
  const often = (command: string, way: string, ...counts: [string, number][]): ConformanceCase =>
    caseOf(`${command}, often, ${way}`, {
      actual: counts.map(([answer]) => answer).join(", "),
      pass: counts.length === 1,
      answers: counts.map(([answer, count]) => ({ answer, count })),
    });
  const cases = [
    often("GLOBAL", "by one thread", ["0", 22]),
    often("GLOBAL", "by four threads", ["0", 44]),
    often("SYNC_CORE", "by one thread", ["0", 10_000]),
    often("SYNC_CORE", "by four threads", ["0", 9990], ["EINTR", 10]),
    often("RSEQ", "by one thread", ["0", 10_000]),
    often("GET_REGISTRATIONS", "by four threads", ["0", 4]),
  ];
  const run = sampleRun({ results: [{ experiment: "conformance", cases }] });
  const lines = shown(conformanceSection, run, OPTIONS).split("\n");
  assert(lines[3]!.includes("0 in 9990 calls, EINTR in 10"), lines[3]);
  assertEquals(lines.slice(4), [
    "  5 of 6 as documented",
    "  GLOBAL: 22 calls each way without an error, so fewer than 1 in 7 fail (95 %)",
    "  RSEQ: 10000 calls each way without an error, so fewer than 1 in 3333 fail (95 %)",
    "  GET_REGISTRATIONS: 4 calls each way without an error",
  ]);
});

Deno.test("conformanceSection() is red when something differs and green when nothing does", () => {
  assert(shown(conformanceSection, RUN, { ...OPTIONS, color: true }).includes("\x1b[1;31m1 of 2"));
  const run = sampleRun({ results: [{ experiment: "conformance", cases: [caseOf("query")] }] });
  assert(shown(conformanceSection, run, { ...OPTIONS, color: true }).includes("\x1b[32m1 of 1"));
});

Deno.test("conformanceSection() is empty without conformance results", () => {
  assertEquals(shown(conformanceSection, sampleRun({ results: [] }), OPTIONS), "");
});
