/**
 * What is known of each host: the newest result of everything that its runs measured, and every
 * proof that something does not order.
 *
 * A conformance run of yesterday and an ordering run of today complete one another as long as
 * machine and kernel are the same. Which run a result comes from is kept.
 */

import { mergeResults } from "./merge_results.ts";
import { doubtsOf, type Source } from "./run/host_evidence.ts";
import { hostIdentity } from "./run/host_identity.ts";
import { clip, type HostView, type RunNote } from "./run/host_view.ts";
import type { Result, Run } from "./run/run_schema.ts";

/** Collects runs into hosts. */
export class HostCollector {
  readonly #hosts = new Map<string, Run[]>();

  /** Takes a run up. Runs may come in any order. */
  add(run: Run): void {
    const identity = hostIdentity(run);
    const runs = this.#hosts.get(identity);
    if (runs) runs.push(run);
    else this.#hosts.set(identity, [run]);
  }

  /** The hosts: real ones before emulated ones, each kind by its newest run. */
  views(): HostView[] {
    const groups = [...this.#hosts.values()].map((runs) =>
      runs.toSorted((left, right) => compare(startOf(right), startOf(left)))
    );
    groups.sort(([left], [right]) =>
      Number(left!.host.emulated) - Number(right!.host.emulated) ||
      compare(startOf(right!), startOf(left!))
    );
    const labels = labelsOf(groups.map(([newest]) => newest!));
    return groups.map((runs, at) => viewOf(labels[at]!, runs));
  }
}

/** What one run says of its host. */
export function viewOfRun(run: Run): HostView {
  const collector = new HostCollector();
  collector.add(run);
  return collector.views()[0]!;
}

function startOf(run: Run): string {
  return `${run.startedAt} ${run.id}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The name where it is the only one, else with the kernel, else with a number. */
function labelsOf(runs: readonly Run[]): string[] {
  const names = runs.map(({ host }) => clip(host.name, 60));
  const longer = runs.map(({ host }, at) =>
    names.filter((name) => name === names[at]).length === 1
      ? names[at]!
      : `${names[at]} (${clip(host.kernel, 60)})`
  );
  const counts = new Map<string, number>();
  return longer.map((name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name} #${count}`;
  });
}

function viewOf(label: string, runs: readonly Run[]): HostView {
  const newest = runs[0]!;
  const merged = mergeResults(runs);
  const origin = new Map([...merged].map(([result, run]) => [result, run.id]));
  const sources = new Map([...merged].map(([result, run]): [Result, Source] => [
    result,
    { run: run.id, doubts: doubtsOf(run) },
  ]));
  const shown = (run: Run): number => [...merged.values()].filter((one) => one === run).length;
  const notes = runs.map((run) => noteOf(run, shown(run)));
  const host = { ...newest.host, name: label };
  const run = { ...newest, host, results: [...merged.keys()], sources };
  return { label, name: newest.host.name, run, runs: notes, origin };
}

function noteOf(run: Run, shown: number): RunNote {
  return {
    id: run.id,
    startedAt: run.startedAt,
    seconds: run.seconds,
    command: run.command,
    version: run.fencelab.version,
    build: run.fencelab.build,
    experiments: [...new Set(run.results.map(({ experiment }) => experiment))],
    warnings: run.warnings,
    shown,
  };
}
