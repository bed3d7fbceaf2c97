/** What was seen of a technique: proof that it fails, and whether it was seen to order. */

import { type HostRun, type Source, sourceOf } from "../experiments/run/host_evidence.ts";
import { kindOf } from "../experiments/experiments.ts";
import { resultsIn } from "../experiments/run/results_in.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import type { OrderingResult } from "../experiments/ordering/ordering_schema.ts";
import type { Verdict } from "../format/verdict.ts";
import type { Need } from "../judgement/result_kind.ts";

/** Something that was seen and that the technique should have prevented. */
export interface Failure {
  /** Who was the light side, and what was seen. */
  readonly situation: string;
  /** The run that saw it. */
  readonly run: Run["id"];
}

/**
 * Every firm failure of a technique: one is enough, whatever else went well.
 *
 * @param need Stale code counts only where code is replaced: a technique that orders memory need
 * not serialise cores.
 */
export function failuresOf(run: Run | HostRun, technique: string, need: Need): Failure[] {
  return run.results.flatMap((result) => {
    const situation = kindOf(result).failure(result, technique, need);
    return situation === null ? [] : [{ situation, run: sourceOf(run, result).run }];
  });
}

/** What the ordering experiment says of a technique. */
export interface Ordered {
  /** null: it was not tried. "ordered" only where nothing contradicts it. */
  readonly verdict: Verdict | null;
  /** A run that said "ordered" and cannot be believed. */
  readonly doubted: Source | null;
}

/** What the ordering experiment measured of a technique beside a sibling that runs. */
export function siblingRows(run: Run, technique: string): OrderingResult[] {
  return resultsIn(run, "ordering").filter((result) =>
    result.technique === technique && result.arrangement === "sibling" &&
    (result.role === "technique" || result.role === "control")
  );
}

/** The verdict for a sibling that runs, put right by everything else that was seen. */
export function orderedOf(run: Run | HostRun, technique: string): Ordered {
  const rows = siblingRows(run, technique);
  const doubted = rows.filter(({ verdict }) => verdict === "ordered")
    .map((row) => sourceOf(run, row)).find(({ doubts }) => doubts.length > 0) ?? null;
  const failed = rows.some(({ verdict }) => verdict === "not-ordered") ||
    failuresOf(run, technique, "ordering").length > 0;
  if (failed) return { verdict: "not-ordered", doubted: null };
  const believed = rows.some((row) =>
    row.verdict === "ordered" && sourceOf(run, row).doubts.length === 0
  );
  if (believed) return { verdict: "ordered", doubted: null };
  const other = rows.find(({ verdict }) => verdict !== "ordered")?.verdict;
  return { verdict: other ?? (doubted === null ? null : "not-discriminable"), doubted };
}
