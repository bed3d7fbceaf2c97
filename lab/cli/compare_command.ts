/** `lab compare`: two sides of runs, or the history of a host. */

import { compareRuns, resultsOf } from "../compare/compare_runs.ts";
import { historyOf } from "../compare/history.ts";
import { type Selection, selectRuns } from "../compare/select_runs.ts";
import { historySection } from "../compare/history_section.ts";
import { compareSections } from "../compare/sections.ts";
import { renderSection } from "../document/terminal.ts";
import { printable } from "../text/printable.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { RunStore } from "../store/run_store.ts";
import { findTechnique } from "../format/techniques.ts";
import { ExitCode } from "./outcome.ts";
import type { CommandLine } from "./parse.ts";
import { storeDirectory, userPath } from "./paths.ts";
import { print, renderOptions, say } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Name of the format of `--json`. */
const COMPARE_SCHEMA = "fencelab.compare/1";
const HISTORY_SCHEMA = "fencelab.history/1";

const SEE = "Remedy: see 'deno task lab compare --help'";

/** Runs the command. @returns The exit code. */
export function compareCommand(line: CommandLine): number {
  const store = new RunStore(storeDirectory(line.value("out")));
  const host = line.value("history");
  return host === undefined ? compareSides(store, line) : showHistory(store, host, line);
}

function compareSides(store: RunStore, line: CommandLine): number {
  const pairs = pairsOf(line).map(([left, right]) => {
    const sides = [selected(store, left), selected(store, right)] as const;
    refuseOverlap(sides[0].runs, sides[1].runs);
    return sides;
  });
  const problems = [...new Set(pairs.flat().flatMap((side) => side.problems))];
  const techniques = line.values("technique");
  // What one side alone holds is told as such: only what none holds is a mistake.
  refuseMissing(pairs.flat().flatMap(({ runs }) => runs), techniques);
  const comparisons = pairs.map(([left, right]) => compareRuns(left.runs, right.runs, techniques));
  const emulated = pairs.map((pair) =>
    pair.some(({ runs }) => runs.some(({ host }) => host.emulated))
  );
  if (line.has("json")) {
    print(`${JSON.stringify({ schema: COMPARE_SCHEMA, comparisons, problems })}\n`);
    return ExitCode.done;
  }
  const options = renderOptions(line.has("all"));
  const texts = comparisons.map((one, at) =>
    compareSections(one, emulated[at]!).map((section) => renderSection(section, options))
      .join("\n\n")
  );
  print(`${texts.join("\n\n\n")}\n`);
  tell(problems);
  return ExitCode.done;
}

/** The sides to compare: those around `--against`, else the first with each of the others. */
function pairsOf(line: CommandLine): [string[], string[]][] {
  const [first, ...others] = line.positionals;
  if (line.has("against")) {
    const middle = line.positionalsBefore("against");
    const [left, right] = [line.positionals.slice(0, middle), line.positionals.slice(middle)];
    if (left.length > 0 && right.length > 0) return [[left, right]];
    throw new UsageError(`Cannot compare: --against needs runs before and after it. ${SEE}`);
  }
  if (first === undefined || others.length === 0) {
    throw new UsageError(`Cannot compare: expected two runs or sets of runs, or --history. ${SEE}`);
  }
  return others.map((other) => [[first], [other]]);
}

function selected(store: RunStore, references: readonly string[]): Selection {
  return selectRuns(store, references.map((one) => one.includes("/") ? userPath(one) : one));
}

function refuseOverlap(left: readonly Run[], right: readonly Run[]): void {
  const ids = new Set(left.map((run) => run.id));
  const shared = right.find((run) => ids.has(run.id));
  if (shared === undefined) return;
  throw new UsageError(
    `Cannot compare: run '${shared.id}' is on both sides. ` +
      "Remedy: narrow one of the sets, for example host=NAME,kernel=PREFIX",
  );
}

function showHistory(store: RunStore, host: string, line: CommandLine): number {
  if (line.positionals.length > 0 || line.has("against")) {
    throw new UsageError(
      `Cannot use --history: it takes all runs of the host, none by name. ${SEE}`,
    );
  }
  const { runs, problems } = selectRuns(store, [`host=${host}`]);
  const techniques = line.values("technique");
  refuseMissing(runs, techniques);
  const history = historyOf(resultsOf(runs, techniques));
  if (line.has("json")) {
    print(`${JSON.stringify({ schema: HISTORY_SCHEMA, ...history, problems })}\n`);
    return ExitCode.done;
  }
  print(`${renderSection(historySection(history), renderOptions(line.has("all")))}\n`);
  tell(problems);
  return ExitCode.done;
}

function refuseMissing(runs: readonly Run[], techniques: readonly string[]): void {
  const missing = techniques.find((wanted) =>
    !runs.some((run) =>
      run.results.some((result) => "technique" in result && result.technique === wanted)
    )
  );
  if (missing === undefined) return;
  const why = findTechnique(missing) === undefined
    ? "it is not known"
    : "none of the runs holds it";
  throw new UsageError(
    `Cannot compare technique '${missing}': ${why}. Remedy: see 'deno task lab show RUN'`,
  );
}

function tell(problems: readonly string[]): void {
  for (const problem of problems) say(`Note: left out: ${printable(problem)}`);
}
