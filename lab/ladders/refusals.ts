/** What a run shows to be granted or refused where it was made. */

import type { HostRun } from "../experiments/run/host_evidence.ts";
import { resultsIn } from "../experiments/run/results_in.ts";
import type { ConformanceResult, Run } from "../experiments/run/run_schema.ts";
import { findTechnique } from "../format/techniques.ts";
import { attemptsIn } from "./evidence.ts";
import { measuredOf } from "./measured.ts";

/** What becomes of asking for something. */
export type Answer = "granted" | "refused" | "killed" | "unknown";

/** Whether a technique of membarrier is granted; "unknown" where nothing was tried. */
export function membarrierAnswer(run: Run | HostRun, technique: string): Answer {
  const answers = [
    ...resultsIn(run, "conformance").flatMap((result) => conformanceAnswers(result, technique)),
    ...run.warnings.map(({ code }) => WARNINGS[code] ?? "unknown"),
    availability(run, technique),
  ];
  // A refusal that was seen is not undone by another run: whoever is refused falls back
  for (const answer of ["killed", "refused", "granted"] as const) {
    if (answers.includes(answer)) return answer;
  }
  return "unknown";
}

/** What warnings say about membarrier(2) as a whole. */
const WARNINGS: Readonly<Record<string, Answer>> = {
  W022: "refused",
  W023: "refused",
  W024: "killed",
  W025: "refused",
};

/** What the core says of membarrier(2) as a whole (ffi/core/conformance/capability.c). */
const STATES: Readonly<Record<string, Answer>> = {
  "filtered-eperm": "refused",
  "filtered-enosys": "refused",
  "filtered-kill": "killed",
  "absent": "refused",
};

function conformanceAnswers(result: ConformanceResult, technique: string): Answer[] {
  const state = (result as { membarrier?: unknown }).membarrier;
  const whole = typeof state === "string" && Object.hasOwn(STATES, state)
    ? STATES[state]!
    : "unknown";
  const tried = result.cases.filter(({ skipped }) => !skipped);
  const query = tried.filter(({ name }) => name === "QUERY").map(({ actual }) => refusal(actual));
  const named = findTechnique(technique)?.conformance;
  const own = tried.filter(({ name }) => name === named)
    .map(({ actual }) => actual === "0" ? "granted" as const : refusal(actual));
  return [whole, ...query, ...own];
}

function refusal(actual: string): Answer {
  if (actual.startsWith("killed")) return "killed";
  return /^E[A-Z]+$/.test(actual) ? "refused" : "unknown";
}

function availability(run: Run | HostRun, technique: string): Answer {
  const { available } = measuredOf(run, technique);
  if (available !== null) return available ? "granted" : "refused";
  const used = attemptsIn(run).some((one) =>
    one.technique === technique && one.outcome === "measured"
  );
  return used ? "granted" : "unknown";
}

/** Whether mlock(2) was seen refused: by the probe, or by a technique that locks its page. */
export function mlockRefused(run: Run | HostRun): boolean {
  if (run.warnings.some(({ code }) => code === "W015")) return true;
  return attemptsIn(run).some(({ technique, outcome, reason }) =>
    outcome === "refused" && findTechnique(technique)?.locks === true &&
    /^mlock\b/.test(reason ?? "")
  );
}
