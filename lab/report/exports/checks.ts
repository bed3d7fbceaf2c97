/** Conformance and verdicts as checks that passed, failed or could not be made, for CI systems. */

import { type Source, sourceOf } from "../../experiments/run/host_evidence.ts";
import { expectedOfCoreSync } from "../../experiments/core_sync/core_sync_verdict.ts";
import { isFirm } from "../../format/verdict.ts";
import { findingOf } from "../../experiments/ordering/shapes.ts";
import type { Result } from "../../experiments/run/run_schema.ts";
import type { HostView } from "../../experiments/run/host_view.ts";

/** One check. */
export interface Check {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it is so, in words. */
  readonly why: string;
  /** Passed, and yet worth a look: no fence, though no promise was broken. */
  readonly notable?: boolean;
  /** It passed because nothing was seen to go wrong. */
  readonly ordered?: boolean;
}

/** Checks that belong together: one experiment on one host. */
export interface Suite {
  readonly host: string;
  readonly experiment: string;
  /** When the newest run of the host started. */
  readonly startedAt: string;
  readonly checks: readonly Check[];
}

/** All suites of some hosts; experiments without checks give none. */
export function suitesOf(hosts: readonly HostView[]): Suite[] {
  return hosts.flatMap(({ label, run }) => {
    const byExperiment = new Map<string, Check[]>();
    for (const result of run.results) {
      const source = sourceOf(run, result);
      const checks = checksOf(result, run.host).map((check) => believed(check, source, run.id));
      if (checks.length === 0) continue;
      byExperiment.set(result.experiment, [
        ...byExperiment.get(result.experiment) ?? [],
        ...checks,
      ]);
    }
    return [...byExperiment].map(([experiment, checks]) => ({
      host: label,
      experiment,
      startedAt: run.startedAt,
      checks,
    }));
  });
}

/** Says which run a proof is from, and takes no run at its word that says itself not to. */
function believed(check: Check, { run, doubts }: Source, newest: string): Check {
  if (check.ordered === true && doubts.length > 0) {
    const codes = doubts.map(({ code }) => code).join(", ");
    return { ...check, outcome: "skipped", why: `run ${run} warns ${codes}: ${check.why}` };
  }
  const older = run !== newest && (check.outcome === "failed" || check.notable === true);
  return older ? { ...check, why: `${check.why} (run ${run})` } : check;
}

function checksOf(result: Result, host: HostView["run"]["host"]): Check[] {
  switch (result.experiment) {
    case "conformance":
      return result.cases.map(({ name, expected, actual, pass, skipped, note }) => ({
        name,
        outcome: skipped ? "skipped" : pass ? "passed" : "failed",
        why: skipped
          ? note ?? "not tried"
          : `expected ${expected}, answered ${actual}${note === null ? "" : `: ${note}`}`,
      }));
    case "ordering":
      return [{
        name: `${result.role}: ${result.technique}, ${result.arrangement}`,
        ...judged(result),
      }];
    case "core-sync":
      return [{ name: `${result.technique}, ${result.order}`, ...judged(result) }];
    case "shapes":
      return result.shapes.map((shape) => {
        const { outcome, words } = findingOf(shape, host);
        return {
          name: `${shape.shape}${shape.barrier === "fence" ? "+fences" : ""}`,
          outcome: outcome === "broken" ? "failed" : outcome === "not-run" ? "skipped" : "passed",
          why: words,
        };
      });
    default:
      return [];
  }
}

/**
 * A verdict fails only against what documentation or construction says: a technique that promises
 * nothing and does not order breaks no promise. No verdict is no success either.
 */
function judged(
  result: Extract<Result, { experiment: "ordering" | "core-sync" }>,
): Omit<Check, "name"> {
  const { verdict, why } = result;
  const expected = result.experiment === "ordering" ? result.expected : expectedOfCoreSync(result);
  if (!isFirm(verdict)) {
    return { outcome: "skipped", why: `${verdict}: ${why}` };
  }
  const promise = expected ?? "nothing";
  return {
    outcome: expected === null || expected === verdict ? "passed" : "failed",
    why: `${verdict}, promised: ${promise}: ${why}`,
    notable: expected === null && verdict === "not-ordered",
    ordered: verdict === "ordered" && expected !== "not-ordered",
  };
}
