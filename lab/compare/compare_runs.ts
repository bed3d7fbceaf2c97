import type { Run } from "../experiments/run/run_schema.ts";
import { timeBarriers } from "./comparability.ts";
import type { Comparison, RunLabel, WarningDifference } from "./comparison.ts";
import { compareCosts } from "../experiments/cost/compare.ts";
import { environmentDifferences } from "./environment_rows.ts";
import { compareFigures } from "./figures.ts";
import { RULES } from "../judgement/judge.ts";
import { compareStatements } from "./statements.ts";

/**
 * Compares two sides of one or more runs each: the left is the baseline, the right is judged.
 *
 * @param techniques Only results of these; all results when left out.
 * @throws {RangeError} If a side is empty, or a run is on both.
 */
export function compareRuns(
  left: readonly Run[],
  right: readonly Run[],
  techniques: readonly string[] = [],
): Comparison {
  if (left.length === 0 || right.length === 0) {
    throw new RangeError("Cannot compare runs: a side holds none");
  }
  const ids = new Set(left.map((run) => run.id));
  const shared = right.find((run) => ids.has(run.id));
  if (shared !== undefined) {
    throw new RangeError(`Cannot compare runs: '${shared.id}' is on both sides`);
  }
  const barriers = timeBarriers([...left, ...right]);
  const timed = barriers.length === 0;
  const [from, to] = [left, right].map((runs) => resultsOf(runs, techniques)) as [Run[], Run[]];
  return {
    left: left.map(labelOf),
    right: right.map(labelOf),
    environment: environmentDifferences(left, right),
    timeBarriers: barriers,
    warnings: warningDifferences(left, right),
    cost: compareCosts(from, to, timed),
    statements: compareStatements(from, to),
    figures: compareFigures(from, to, timed),
    // Beside all of the other side: what was not asked for is there, though it is not shown.
    onlyLeft: onlyIn(from, right),
    onlyRight: onlyIn(to, left),
    rules: RULES,
  };
}

/** Runs with the results of these techniques alone; with all of theirs if none is given. */
export function resultsOf(runs: readonly Run[], techniques: readonly string[]): Run[] {
  if (techniques.length === 0) return [...runs];
  return runs.map((run) => ({
    ...run,
    results: run.results.filter((result) =>
      "technique" in result && techniques.includes(result.technique)
    ),
  }));
}

/** A run as comparisons name it. */
export function labelOf({ id, startedAt, host }: Run): RunLabel {
  return { id, host: host.name, kernel: host.kernel, startedAt };
}

/** "ordering", "cost of munmap": experiments, and techniques of cost, that one side alone has. */
function onlyIn(these: readonly Run[], others: readonly Run[]): string[] {
  const [own, other] = [namesOf(these), namesOf(others)];
  const foreign = [...own].filter((name) => !other.has(name));
  // Where a whole experiment is missing, its techniques are too.
  return foreign.filter((name) => !foreign.some((wider) => name.startsWith(`${wider} of `)));
}

function namesOf(runs: readonly Run[]): Set<string> {
  const names = new Set<string>();
  for (const result of runs.flatMap((run) => run.results)) {
    names.add(result.experiment);
    if ("technique" in result) names.add(`${result.experiment} of ${result.technique}`);
  }
  return names;
}

function warningDifferences(left: readonly Run[], right: readonly Run[]): WarningDifference[] {
  const [from, to] = [byCode(left), byCode(right)];
  const codes = [...new Set([...from.keys(), ...to.keys()])].sort();
  const told = codes.flatMap((code): WarningDifference[] => {
    const [one, other] = [from.get(code), to.get(code)];
    const { warning } = (one ?? other)!;
    const invalidates = (one?.warning.invalidates ?? false) ||
      (other?.warning.invalidates ?? false);
    if (one && other && !invalidates) return [];
    const side = one === undefined ? "right" : other === undefined ? "left" : "both";
    return [{ side, warning, runs: (one?.runs ?? 0) + (other?.runs ?? 0) }];
  });
  return told.sort((a, b) => Number(b.warning.invalidates) - Number(a.warning.invalidates));
}

function byCode(runs: readonly Run[]): Map<string, Omit<WarningDifference, "side">> {
  const found = new Map<string, Omit<WarningDifference, "side">>();
  for (const run of runs) {
    for (const code of new Set(run.warnings.map((warning) => warning.code))) {
      const warning = run.warnings.find((one) => one.code === code)!;
      found.set(code, { warning, runs: (found.get(code)?.runs ?? 0) + 1 });
    }
  }
  return found;
}
