/** Results as checks that passed, failed or could not be made, for CI systems. */

import { kindOf } from "../../experiments/experiments.ts";
import { type Source, sourceOf } from "../../experiments/run/host_evidence.ts";
import type { HostView } from "../../experiments/run/host_view.ts";
import type { Check } from "../../judgement/check.ts";

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
      const checks = kindOf(result).checks(result, run.host)
        .map((check) => believed(check, source, run.id));
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
