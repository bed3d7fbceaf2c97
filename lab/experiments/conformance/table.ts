import type { ConformanceResult, Run } from "../run/run_schema.ts";
import { paint, type RenderOptions, type Tone } from "../../text/style.ts";
import { type Column, renderTable } from "../../document/table.ts";

type Case = ConformanceResult["cases"][number];

const COLUMNS: readonly Column<Case>[] = [
  { title: "outcome", text: outcomeOf, tone: toneOf },
  { title: "case", text: (entry) => entry.name },
  { title: "expected", text: (entry) => entry.expected },
  { title: "actual", text: (entry) => entry.actual, tone: toneOf },
  { title: "note", text: (entry) => entry.note ?? "" },
];

/**
 * The conformance results of a run: does membarrier(2) behave as documented here?
 *
 * Cases that differ come first, then the skipped ones with their reason; those that passed are
 * counted, and listed if `options.all` asks for them.
 *
 * @returns "" if the run has no conformance results.
 */
export function renderConformance(run: Run, options: RenderOptions): string {
  const results = run.results.filter((result) => result.experiment === "conformance");
  if (results.length === 0) return "";
  const cases = results.flatMap((result) => result.cases);
  const shown = cases.filter((entry) =>
    options.all === true || outcomeOf(entry) !== "as documented"
  );
  shown.sort((left, right) => rank(left) - rank(right));
  const parts = [paint("Conformance", "strong", options)];
  if (shown.length > 0) parts.push(renderTable(COLUMNS, shown, options));
  parts.push(summary(cases, options));
  return parts.join("\n");
}

function summary(cases: readonly Case[], options: RenderOptions): string {
  const skipped = cases.filter((entry) => entry.skipped).length;
  const passed = cases.filter((entry) => !entry.skipped && entry.pass).length;
  const tried = cases.length - skipped;
  const tone = passed === tried ? "good" : "bad";
  const text = paint(`${passed} of ${tried} as documented`, tone, options);
  return `  ${text}${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

function outcomeOf(entry: Case): string {
  if (entry.skipped) return "skipped";
  return entry.pass ? "as documented" : "DIFFERS";
}

function toneOf(entry: Case): Tone {
  if (entry.skipped) return "faint";
  return entry.pass ? "good" : "bad";
}

function rank(entry: Case): number {
  return ["DIFFERS", "skipped", "as documented"].indexOf(outcomeOf(entry));
}
