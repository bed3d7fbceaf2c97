import type { Run } from "../run/run_schema.ts";
import { verdictTone } from "../../format/verdict.ts";
import type { CoreSyncResult } from "./core_sync_schema.ts";
import { expectedOfCoreSync } from "./core_sync_verdict.ts";
import { printable } from "../../text/printable.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../../text/style.ts";
import { type Column, renderTable } from "../../document/table.ts";

const COLUMNS: readonly Column<CoreSyncResult>[] = [
  { title: "technique", text: ({ technique }) => technique },
  {
    title: "verdict",
    text: ({ verdict }) => verdict,
    tone: (row) => verdictTone(row.verdict, expectedOfCoreSync(row)),
  },
  { title: "stale", right: true, text: ({ stale }) => String(stale) },
  { title: "calls", right: true, text: ({ calls }) => String(calls) },
  {
    title: "modifications",
    right: true,
    text: ({ modifications }) => String(modifications),
    dispensable: 1,
  },
  {
    title: "stale after the end",
    right: true,
    text: ({ staleAfterEnd }) => String(staleAfterEnd),
    dispensable: 2,
  },
];

/**
 * The core-sync results of a run: does another CPU run replaced code?
 *
 * @returns "" if the run has none.
 */
export function renderCoreSync(run: Run, options: RenderOptions): string {
  const results = run.results.filter((result) => result.experiment === "core-sync");
  const [first] = results;
  if (first === undefined) return "";
  const heading = "Replaced code (core-sync): calls that ran instructions already replaced";
  const parts = [paint(heading, "strong", options), renderTable(COLUMNS, results, options)];
  const note = (text: string, tone: Tone = "faint"): void => {
    parts.push(`  ${paint(wrap(printable(text), options.width, 4), tone, options)}`);
  };
  for (const [why, techniques] of reasonsOf(results)) note(`${techniques.join(", ")}: ${why}`);
  const control = first.controls.publishFirst;
  if (control === null) note("the control in the wrong order was not run", "bad");
  else {
    note(
      `control: published before it was replaced, code was run stale by ${control.stale} calls, ` +
        `after ${control.staleVersions} of ${control.modifications} modifications`,
      control.stale > 0 ? "faint" : "bad",
    );
  }
  return parts.join("\n");
}

/** Techniques by the reason of their verdict: on most hosts one holds for all. */
function reasonsOf(results: readonly CoreSyncResult[]): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  for (const { technique, why } of results) {
    reasons.set(why, [...reasons.get(why) ?? [], technique]);
  }
  return reasons;
}
