/** `lab ladders` and `lab advise`: what libraries stand on, and what to choose. */

import { adviceFor, type AdviceNeed, needs } from "../ladders/advice.ts";
import { adviceHeader } from "../ladders/advice_header.ts";
import { assessLadders } from "../ladders/assess.ts";
import { matrixOf } from "../ladders/matrix.ts";
import { renderAdvice } from "../render/advice.ts";
import { renderLadders } from "../render/ladders.ts";
import { renderMatrix } from "../render/matrix.ts";
import { printable } from "../render/printable.ts";
import type { Run } from "../run_schema.ts";
import { hostRunsOf } from "../store/host_runs.ts";
import { RunStore } from "../store/run_store.ts";
import { ExitCode } from "./outcome.ts";
import type { CommandLine } from "./parse.ts";
import { storeDirectory, userPath } from "./paths.ts";
import { print, renderOptions, say } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Shows the rungs on which libraries land at each host. @returns The exit code. */
export function laddersCommand(line: CommandLine): number {
  const runs = runsOf(line);
  const assessed = runs.map((run) => ({ run, landings: assessLadders(run) }));
  if (line.has("json")) {
    const hosts = assessed.map(({ run, landings }) => ({ run: run.id, host: run.host, landings }));
    print(`${JSON.stringify({ schema: "fencelab.ladders/1", hosts })}\n`);
    return ExitCode.done;
  }
  const options = renderOptions(line.has("all"));
  const texts = assessed.map(({ run, landings }) => renderLadders(run, landings, options));
  print(`${[renderMatrix(matrixOf(runs), options), ...texts].join("\n\n")}\n`);
  return ExitCode.done;
}

/** Says which techniques to try for a need, in which order. @returns The exit code. */
export async function adviseCommand(line: CommandLine): Promise<number> {
  const runs = runsOf(line);
  const wanted = line.values("need").map(needOf);
  const advice = adviceFor(runs).filter(({ need }) => wanted.length === 0 || wanted.includes(need));
  const header = line.value("header");
  if (header !== undefined) {
    const seen = runs.map(({ id, host }) =>
      `${host.name}, ${host.arch}, ${host.kernel}: run ${id}`
    );
    await writeWhole(userPath(header), adviceHeader(advice, seen));
    say(`Wrote ${printable(header)}`);
  }
  if (line.has("json")) {
    const hosts = runs.map(({ id, host }) => ({ run: id, host }));
    print(`${JSON.stringify({ schema: "fencelab.advice/1", hosts, advice })}\n`);
  } else if (header === undefined) {
    print(`${renderAdvice(advice, renderOptions())}\n`);
  }
  return ExitCode.done;
}

/** Runs that a command line names, or what the store knows about each host. */
function runsOf(line: CommandLine): readonly Run[] {
  const store = new RunStore(storeDirectory(line.value("out")));
  const references = line.positionals.map((one) => one.includes("/") ? userPath(one) : one);
  const { runs, problems } = hostRunsOf(store, references);
  for (const problem of problems) say(`Note: left out: ${printable(problem)}`);
  if (runs.length > 0) return runs;
  throw new UsageError(
    `Cannot say anything yet: no runs in '${store.dir}'. Remedy: make one by ` +
      "'deno task lab run --plan full', or name a store by --out",
  );
}

function needOf(name: string): AdviceNeed {
  if (name in needs) return name as AdviceNeed;
  throw new UsageError(`Unknown need '${name}'. Remedy: one of ${Object.keys(needs).join(", ")}`);
}

/** Written under another name first, so that a header is never half there. */
async function writeWhole(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(`${path}.tmp`, text);
    await Deno.rename(`${path}.tmp`, path);
  } catch (cause) {
    await Deno.remove(`${path}.tmp`).catch(() => {});
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `Cannot write '${path}': ${why}. Remedy: name a file in a directory that you may write to`,
      { cause },
    );
  }
}
