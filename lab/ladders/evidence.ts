/** What was seen of a technique: proof that it fails, and whether it was seen to order. */

import { type HostRun, type Source, sourceOf } from "../experiments/run/host_evidence.ts";
import { flavours } from "../experiments/rcu/flavours.ts";
import type { Result, Run } from "../experiments/run/run_schema.ts";
import type { OrderingResult } from "../experiments/ordering/ordering_schema.ts";
import type { Verdict } from "../format/verdict.ts";

/** What is asked of a technique. */
export type Need = "ordering" | "core-sync" | "rseq-restart";

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
    const situation = failureIn(result, technique, need);
    return situation === null ? [] : [{ situation, run: sourceOf(run, result).run }];
  });
}

function failureIn(result: Result, technique: string, need: Need): string | null {
  switch (result.experiment) {
    case "ordering":
      return result.technique === technique && result.verdict === "not-ordered" && counts(result)
        ? `${result.arrangement} (${result.weak} of ${result.iterations} turns)`
        : null;
    case "core-sync":
      // Publishing first is wrong whatever the technique
      return need === "core-sync" && result.technique === technique && technique !== "none" &&
          result.order === "code-first" && result.verdict === "not-ordered"
        ? `replaced code still ran (${result.stale} of ${result.calls} calls)`
        : null;
    case "rcu": {
      const flavour = flavours.find(({ id }) => id === result.flavour);
      return !result.mutant && result.stale > 0 &&
          (flavour?.technique ?? result.technique) === technique
        ? `RCU flavour ${result.flavour}: ${result.stale} readers held freed objects`
        : null;
    }
    default:
      return null;
  }
}

/** Whether it bears on the technique: not if it was built to fail, as controls and mutants are. */
function counts({ role, expected }: OrderingResult): boolean {
  if (role === "technique" || role === "scenario") return expected !== "not-ordered";
  return (role === "pair" || role === "mechanism") && expected === "ordered";
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
  return run.results.filter((result) => result.experiment === "ordering").filter((result) =>
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
