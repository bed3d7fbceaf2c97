/** `lab ladders` and `lab advise`: what libraries stand on, and what to choose. */

import { sourcesOf } from "../experiments/run/host_evidence.ts";
import { adviceFor, type AdviceNeed, needs } from "../ladders/advice.ts";
import { adviceHeader } from "../ladders/advice_header.ts";
import { assessLadders } from "../ladders/assess.ts";
import { chainOf } from "../ladders/advice_section.ts";
import { ladderSection } from "../ladders/ladders_section.ts";
import { matrixSection } from "../ladders/matrix_section.ts";
import { renderBlocks, renderSection } from "../document/terminal.ts";
import { printable } from "../text/printable.ts";
import { readRuns } from "../report/gather.ts";
import { HostCollector } from "../experiments/host_collector.ts";
import type { HostView } from "../experiments/run/host_view.ts";
import { isDirectory } from "../store/find_run.ts";
import { checkHeader, writeHeader } from "./header_file.ts";
import { ExitCode } from "./outcome.ts";
import type { CommandLine } from "./parse.ts";
import { storeDirectory, userPath } from "./paths.ts";
import { print, renderOptions, say } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Shows the rungs on which libraries land at each host. @returns The exit code. */
export function laddersCommand(line: CommandLine): number {
  const views = viewsOf(line);
  if (line.has("json")) {
    const hosts = views.map((view) => ({
      ...hostJson(view),
      landings: assessLadders(view.run),
    }));
    print(`${JSON.stringify({ schema: "fencelab.ladders/1", hosts })}\n`);
    return ExitCode.done;
  }
  const options = renderOptions(line.has("all"));
  const texts = [matrixSection(views), ladderSection(views)]
    .map((section) => renderSection(section, options));
  print(`${texts.filter((text) => text !== "").join("\n\n")}\n`);
  return ExitCode.done;
}

/** Says which techniques to try for a need, in which order. @returns The exit code. */
export async function adviseCommand(line: CommandLine): Promise<number> {
  const wanted = line.values("need").map(needOf);
  const header = line.value("header");
  if (header !== undefined) await checkHeader(userPath(header), line.has("force"));
  const views = viewsOf(line);
  const advice = adviceFor(views.map(({ run }) => run))
    .filter(({ need }) => wanted.length === 0 || wanted.includes(need));
  if (header !== undefined) {
    const seen = views.map(({ run: { id, host } }) =>
      `${host.name}, ${host.arch}, ${host.kernel}: run ${id}`
    );
    await writeHeader(userPath(header), adviceHeader(advice, seen));
    say(`Wrote ${printable(header)}`);
  }
  if (line.has("json")) {
    const hosts = views.map(hostJson);
    print(`${JSON.stringify({ schema: "fencelab.advice/1", hosts, advice })}\n`);
  } else if (header === undefined) {
    print(`${renderBlocks(advice.map(chainOf), renderOptions())}\n`);
  }
  return ExitCode.done;
}

/** A host with the runs that say something about it, and those of them that cannot be believed. */
function hostJson({ label, name, run, runs }: HostView): Record<string, unknown> {
  const doubts = sourcesOf(run).flatMap((source) =>
    source.doubts.map(({ code, message, remedy }) => ({ run: source.run, code, message, remedy }))
  );
  const ids = runs.filter(({ shown }) => shown > 0).map(({ id }) => id);
  return { run: run.id, label, host: { ...run.host, name }, runs: ids, doubts };
}

/** What the runs that a command line names, or else all of the store, say about each host. */
function viewsOf(line: CommandLine): readonly HostView[] {
  const store = storeDirectory(line.value("out")).replace(/(?<=.)\/+$/, "");
  const references = line.positionals.map((one) => one.includes("/") ? userPath(one) : one);
  const collector = new HostCollector();
  const unread: string[] = [];
  const empty = references.length === 0 && !isDirectory(store);
  for (const run of empty ? [] : readRuns(store, references)) {
    if ("results" in run) collector.add(run);
    else unread.push(run.problem);
  }
  for (const problem of unread) say(`Note: left out: ${printable(problem)}`);
  const views = collector.views();
  if (views.length > 0) return views;
  const why = unread.length > 0 ? "no run that can be read" : "no runs";
  throw new UsageError(
    `Cannot say anything yet: ${why} in '${store}'. Remedy: make one by ` +
      "'deno task lab run --plan full', or name a store by --out",
  );
}

function needOf(name: string): AdviceNeed {
  if (Object.hasOwn(needs, name)) return name as AdviceNeed;
  throw new UsageError(`Unknown need '${name}'. Remedy: one of ${Object.keys(needs).join(", ")}`);
}
