/** What was seen of a technique: proof that it fails, and whether it was seen to order. */

import { type HostRun, type Source, sourceOf } from "../experiments/run/host_evidence.ts";
import { kindOf } from "../experiments/experiments.ts";
import { outcomeOf } from "../format/attempt_schema.ts";
import { lacksOf } from "../experiments/ordering/power.ts";
import { resultsIn } from "../experiments/run/results_in.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import type { OrderingResult } from "../experiments/ordering/ordering_schema.ts";
import type { RseqResult } from "../experiments/rseq/rseq_schema.ts";
import type { Verdict } from "../format/verdict.ts";
import type { Attempt, Need } from "../judgement/result_kind.ts";

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

/** Everything that a run says of attempts to use techniques. */
export function attemptsIn({ results }: Run): Attempt[] {
  return results.flatMap((result) => kindOf(result).attempts(result));
}

/** Why trying a technique went wrong, of the first attempt that did; null: none. */
export function failureOf(run: Run, technique: string): string | null {
  const failed = attemptsIn(run).find((one) =>
    one.technique === technique && one.outcome === "failed"
  );
  return failed === undefined ? null : failed.reason ?? "no reason given";
}

/** What the ordering experiment says of a technique. */
export interface Ordered {
  /** null: it was not tried. "ordered" only where nothing contradicts it. */
  readonly verdict: Verdict | null;
  /** Siblings up to which it was seen to order; 0 where it was not. */
  readonly siblings: number;
  /** What "ordered" still lacks to be built on, in words; null: nothing. */
  readonly lacks: string | null;
  /** A run that said "ordered" and cannot be believed. */
  readonly doubted: Source | null;
}

/**
 * What the ordering experiment measured of a technique beside siblings that run, fewest first; a
 * measurement that failed says nothing.
 */
export function siblingRows(run: Run, technique: string): OrderingResult[] {
  return resultsIn(run, "ordering").filter(({ role, verdict, counted, ...result }) =>
    result.technique === technique && (role === "technique" || role === "control") &&
    (verdict === "not-ordered" || outcomeOf(counted) !== "failed")
  ).toSorted((left, right) => (left.siblings ?? 1) - (right.siblings ?? 1));
}

/**
 * What the rseq experiment measured of a technique whose calls restarted each section of a sibling
 * that they aimed at; none of a run that cannot be believed.
 */
export function restartsOf(run: Run | HostRun, technique: string): RseqResult[] {
  return resultsIn(run, "rseq").filter((result) =>
    result.technique === technique && result.role === "aimed" &&
    result.verdict === "restarted" && sourceOf(run, result).doubts.length === 0
  );
}

/** The verdict for siblings that run, put right by everything else that was seen. */
export function orderedOf(run: Run | HostRun, technique: string): Ordered {
  const rows = siblingRows(run, technique);
  const doubted = rows.filter(({ verdict }) => verdict === "ordered")
    .map((row) => sourceOf(run, row)).find(({ doubts }) => doubts.length > 0) ?? null;
  const failed = rows.some(({ verdict }) => verdict === "not-ordered") ||
    failuresOf(run, technique, "ordering").length > 0;
  if (failed) return { verdict: "not-ordered", siblings: 0, lacks: null, doubted: null };
  const believed = rows.filter((row) => believes(run, row));
  if (believed.length > 0) {
    const lacks = lacksOfAll(run, technique, believed);
    return { verdict: "ordered", siblings: mostSiblings(rows, believed), lacks, doubted: null };
  }
  const other = rows.find(({ verdict }) => verdict !== "ordered")?.verdict;
  const verdict = other ?? (doubted === null ? null : "not-discriminable");
  return { verdict, siblings: 0, lacks: null, doubted };
}

function believes(run: Run | HostRun, row: OrderingResult): boolean {
  return row.verdict === "ordered" && sourceOf(run, row).doubts.length === 0;
}

/** The largest crew such that it and all smaller ones were seen to be ordered. */
function mostSiblings(
  rows: readonly OrderingResult[],
  believed: readonly OrderingResult[],
): number {
  const sizes = [...new Set(rows.map(({ siblings = 1 }) => siblings))];
  let reached = 0;
  for (const size of sizes) {
    if (!believed.some(({ siblings = 1 }) => siblings === size)) break;
    reached = size;
  }
  return reached;
}

/** What the rows leave open: how they were measured, and the order of the caller's own accesses. */
function lacksOfAll(
  run: Run | HostRun,
  technique: string,
  believed: readonly OrderingResult[],
): string | null {
  const old = believed.map(({ counted }) => lacksOf(counted));
  if (!old.includes(null)) return `an older fencelab says so: ${old[0]}`;
  const callers = resultsIn(run, "ordering").filter((row) =>
    row.technique === technique && row.role === "caller"
  );
  if (callers.some((row) => believes(run, row))) return null;
  return "the order of the caller's own accesses could not be told";
}
