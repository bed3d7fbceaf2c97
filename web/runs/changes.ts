/** What changed on each machine since the runs before its newest one. */

import { compareRuns, labelOf } from "../../lab/compare/compare_runs.ts";
import type { Comparison, RunLabel } from "../../lab/compare/comparison.ts";
import { machineOf } from "../../lab/experiments/run/host_identity.ts";
import type { HostView } from "../../lab/experiments/run/host_view.ts";
import { timeChanges } from "../../lab/compare/words.ts";
import type { Tone } from "../../lab/text/style.ts";
import type { Run } from "../../lab/experiments/run/run_schema.ts";
import type { ReadableRow, RunRow } from "../../lab/store/run_row.ts";
import { newestHosts } from "./newest_hosts.ts";
import type { RunLibrary } from "./run_library.ts";

/** Runs that the newest one is compared with: several show by how much runs alike differ. */
const MOST_BEFORE = 3;
/** Runs of a machine among which they are looked for. */
const DEPTH = 20;

/** A change in words. */
export interface Finding {
  readonly kind: "verdict" | "time";
  readonly text: string;
  readonly tone: Tone;
}

/** The newest run of a machine against those before it. */
export interface HostChange {
  /** The machine's label on the page. */
  readonly host: string;
  readonly emulated: boolean;
  readonly before: readonly RunLabel[];
  readonly newest: RunLabel;
  /** Changes of verdicts first; empty: nothing that is certain. */
  readonly findings: readonly Finding[];
  /** Rows of the environment that differ, such as "kernel". */
  readonly environment: readonly string[];
}

/** What changed on the machines that {@linkcode newestHosts} knows and that have earlier runs. */
export function newestChanges(library: RunLibrary): Promise<readonly HostChange[]> {
  return library.remember("newest changes", async () => {
    const { views } = await newestHosts(library);
    const changes: HostChange[] = [];
    const seen = new Set<string>();
    // A machine that runs another kernel now is the same machine: its newest view alone counts
    const newestFirst = views.toSorted((left, right) =>
      left.runs[0]!.startedAt < right.runs[0]!.startedAt ? 1 : -1
    );
    for (const view of newestFirst) {
      const machine = machineOf({ ...view.run, host: { ...view.run.host, name: view.name } });
      if (seen.has(machine)) continue;
      seen.add(machine);
      const change = await changeOf(library, view, machine);
      if (change !== null) changes.push(change);
    }
    return changes;
  });
}

async function changeOf(
  library: RunLibrary,
  { label, runs }: HostView,
  machine: string,
): Promise<HostChange | null> {
  const { rows } = library.catalog.page({ filter: { machine }, limit: DEPTH });
  const newest = rows.find(({ id }) => id === runs[0]!.id);
  if (newest?.state !== "ok") return null;
  const before = runsBefore(rows, newest);
  if (before.length === 0) return null;
  const right = await library.readLater(newest.id);
  const left: Run[] = [];
  for (const { id } of before) left.push(await library.readLater(id));
  const comparison = compareRuns(left, [right]);
  return {
    host: label,
    emulated: right.host.emulated,
    before: left.map(labelOf),
    newest: labelOf(right),
    findings: findingsOf(comparison),
    environment: comparison.environment.map(({ name }) => name),
  };
}

/** The runs before one that share an experiment with it, on the kernel of the latest of them. */
export function runsBefore(rows: readonly RunRow[], newest: ReadableRow): ReadableRow[] {
  const earlier = rows.slice(rows.indexOf(newest) + 1).filter((row): row is ReadableRow =>
    row.state === "ok" && row.experiments.some((one) => newest.experiments.includes(one))
  );
  return earlier.filter(({ kernel }) => kernel === earlier[0]!.kernel).slice(0, MOST_BEFORE);
}

/** What is certain: verdicts that bear on soundness, then times and interrupts. */
export function findingsOf(comparison: Comparison): Finding[] {
  const verdicts = comparison.statements.filter(({ grave }) => grave)
    .map(({ experiment, subject, left, right, words }): Finding => ({
      kind: "verdict",
      text: `${experiment}: ${subject}: ${left} before, ${right} now: ${words}`,
      tone: "bad",
    }));
  const times = timeChanges(withCertainTimes(withoutNoise(comparison)))
    .map(({ text, tone }): Finding => ({ kind: "time", text, tone }));
  return [...verdicts, ...times];
}

/** By how much the times of two runs alike differ is known only from several of them. */
function withCertainTimes(comparison: Comparison): Comparison {
  if (comparison.left.length > 1) return comparison;
  const cost = comparison.cost.filter(({ interruptsChanged, left, right }) =>
    interruptsChanged || (left.reason === null) !== (right.reason === null)
  );
  return { ...comparison, cost, figures: [] };
}

/** Where the median says nothing, a change of another quantile is no news. */
function withoutNoise(comparison: Comparison): Comparison {
  const cost = comparison.cost.filter(({ verdict, interruptsChanged }) =>
    verdict !== "too-noisy" || interruptsChanged
  );
  return { ...comparison, cost };
}
