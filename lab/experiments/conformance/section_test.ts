import { assert, assertEquals } from "@std/assert";
import type { ConformanceResult } from "../run/run_schema.ts";
import { sampleRun } from "../../testdata/sample_run.ts";
import { conformanceSection } from "./section.ts";
import { shown } from "../../testdata/shown.ts";
import type { RenderOptions } from "../../text/style.ts";

const OPTIONS: RenderOptions = { color: false, width: 100 };

function caseOf(
  name: string,
  changes: Partial<ConformanceResult["cases"][number]> = {},
): ConformanceResult["cases"][number] {
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

Deno.test("conformanceSection() is red when something differs and green when nothing does", () => {
  assert(shown(conformanceSection, RUN, { ...OPTIONS, color: true }).includes("\x1b[1;31m1 of 2"));
  const run = sampleRun({ results: [{ experiment: "conformance", cases: [caseOf("query")] }] });
  assert(shown(conformanceSection, run, { ...OPTIONS, color: true }).includes("\x1b[32m1 of 1"));
});

Deno.test("conformanceSection() is empty without conformance results", () => {
  assertEquals(shown(conformanceSection, sampleRun({ results: [] }), OPTIONS), "");
});
