/** `lab run`: plans on hosts. */

import { defined } from "../format/defined.ts";
import { onHosts } from "../plan/campaign.ts";
import type { LabHost } from "../hosts/host.ts";
import { LiveFeed } from "../live/live_feed.ts";
import { type FreshRun, runPlan, type RunPlanOptions } from "../plan/run_plan.ts";
import type { Plan } from "../plan/plan.ts";
import { renderRun } from "../show/run.ts";
import { printable } from "../text/printable.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { experimentOf } from "../experiments/experiments.ts";
import { checkWritable } from "../store/check_writable.ts";
import { tracesOf } from "../store/write_run.ts";
import { Scratch } from "../store/scratch.ts";
import { RunStore } from "../store/run_store.ts";
import { CampaignProgress } from "./progress.ts";
import { dryRun } from "./dry_run.ts";
import { engineOf } from "./engine.ts";
import { describeError } from "./expected_errors.ts";
import { hostsOf } from "./hosts_of.ts";
import { ExitCode, outcomeOf, outcomeOfAll } from "./outcome.ts";
import { ownerOf } from "./owner.ts";
import type { CommandLine } from "./parse.ts";
import { storeDirectory, userPath } from "./paths.ts";
import { planOf } from "./run_options.ts";
import { shellLine } from "../text/shell_line.ts";
import { print, progressLine, renderOptions, say } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Runs the command. @returns The exit code. */
export async function runCommand(line: CommandLine, signal: AbortSignal): Promise<number> {
  const plan = await planOf(line);
  const hosts = await hostsOf(line, Deno.ppid);
  if (line.has("dry-run")) return await dryRun(hosts, plan, line.has("json"));

  const store = new RunStore(storeDirectory(line.value("out")));
  await checkWritable(store.dir);
  const raw = rawDirectory(line, hosts.length);
  const progress = new CampaignProgress(progressLine(), hosts.length);
  const outcomes = await onHosts(hosts, async (host) => {
    return await measureAndStore({ line, host, plan, store, progress, signal, ...raw });
  }, signal);
  const failed = outcomes.filter((outcome) => "error" in outcome);
  // One host alone fails as the command; whoever interrupted knows why
  if (failed.length > 0 && (hosts.length === 1 || signal.aborted)) {
    if (outcomes.length > failed.length) say(storedSoFar(outcomes.length - failed.length));
    throw failed[0]!.error;
  }
  for (const { host, error } of failed) {
    say(`Error on host '${host.name}': ${describeError(error)}`);
    if (line.has("json")) {
      print(`${JSON.stringify({ host: host.name, error: describeError(error) })}\n`);
    }
  }
  if (hosts.length > 1 && !line.has("json")) print(summary(hosts.length, failed.length));
  return outcomeOfAll(
    outcomes.map((outcome) => "error" in outcome ? ExitCode.error : outcome.value),
  );
}

/** What one host is to do. */
interface Assignment {
  readonly line: CommandLine;
  readonly host: LabHost;
  readonly plan: Plan;
  readonly store: RunStore;
  readonly progress: CampaignProgress;
  readonly signal: AbortSignal;
  /** Where raw pages of a capture go. */
  readonly raw?: string;
}

/** @returns The run's exit code. */
async function measureAndStore(assignment: Assignment): Promise<number> {
  const { line, host, store, signal } = assignment;
  const command = commandOf(line, host);
  await using live = await LiveFeed.open(store.dir, labelOf(host), { host: host.name, command });
  try {
    const run = await measure(assignment, command, live);
    live.end(run.id, null);
    return outcomeOf(run);
  } catch (error) {
    live.end(null, signal.aborted ? "interrupted" : describeError(error));
    throw error;
  }
}

/** @returns The run, stored. */
async function measure(
  { line, host, plan, store, progress, signal, raw }: Assignment,
  command: string,
  live: LiveFeed,
): Promise<Run> {
  const captures = plan.experiments.some((part) => experimentOf(part).writesFiles);
  await using scratch = captures ? await Scratch.open(store.dir, labelOf(host)) : null;
  const options: RunPlanOptions = {
    command,
    owner: ownerOf(line),
    signal,
    onProgress(fraction, label): void {
      progress.update(host.name, fraction, label);
      live.progress(fraction, label);
    },
    onNotice: (text) => progress.notice(`${host.name}: ${text}`),
    onNews: (news) => live.news(news),
    ...defined({
      capture: scratch
        ? { directory: scratch.path, engine: engineOf(line), ...defined({ raw }) }
        : undefined,
    }),
  };
  let fresh: FreshRun;
  try {
    fresh = await runPlan(host, plan, options);
  } finally {
    progress.finish(host.name);
  }
  const { run, files } = fresh;
  // Shown before it is stored: a disk that fills up meanwhile must not cost the measurement
  print(
    line.has("json")
      ? `${JSON.stringify(run)}\n`
      : `${renderRun(run, renderOptions(line.has("all")))}\n\n`,
  );
  const path = await store.save(run, files);
  if (!line.has("json")) print(nextSteps(run, path, line.value("out")));
  return run;
}

/** A host's name as part of a file name. */
function labelOf({ name }: LabHost): string {
  return name.replaceAll(/[^A-Za-z0-9.-]+/g, "-").slice(0, 60);
}

function storedSoFar(count: number): string {
  return count === 1 ? "1 run was stored before" : `${count} runs were stored before`;
}

function summary(hosts: number, failed: number): string {
  return failed === 0
    ? `\n${hosts} hosts, all done\n`
    : `\n${hosts} hosts, ${hosts - failed} done, ${failed} failed: see the errors above\n`;
}

/** The directory for raw pages that a command line names. */
function rawDirectory(
  line: CommandLine,
  hosts: number,
): { raw: string } | Record<never, never> {
  const raw = line.value("raw");
  if (raw === undefined) return {};
  if (hosts > 1) {
    throw new UsageError("Cannot use --raw with several hosts. Remedy: one run for each host");
  }
  refuseFull(userPath(raw));
  return { raw: userPath(raw) };
}

/** Pages of two captures in one directory would be neither. */
function refuseFull(path: string): void {
  try {
    if ([...Deno.readDirSync(path)].length === 0) return;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new UsageError(`Cannot use --raw '${path}': it is not empty. Remedy: name a new directory`);
}

function nextSteps(run: Run, path: string, out: string | undefined): string {
  const storeArguments = out === undefined ? [] : ["--store", out];
  const invalid = run.warnings.filter((warning) => warning.invalidates).length;
  const lines = [`Stored ${printable(path)}`];
  if (invalid > 0) {
    lines.push(`Next: see to the ${invalid} warning${invalid === 1 ? "" : "s"} that invalidate`);
  } else {
    lines.push("Next:");
  }
  const steps: [string, string][] = [
    [`deno task lab show ${run.id}`, "these tables again"],
    [shellLine(["deno", "task", "web", ...storeArguments]), "runs and traces in the browser"],
    ["deno task lab doctor", "what this machine lacks"],
    ["deno task lab run --plan full", "every crew size and placement, and a capture"],
  ];
  if (tracesOf(run).length > 0) {
    steps.push([`deno task lab query ${run.id} "SELECT …"`, "PerfettoSQL on its trace"]);
  }
  const width = Math.max(...steps.map(([command]) => command.length));
  for (const [command, what] of steps) lines.push(`  ${command.padEnd(width)}  ${what}`);
  return `${lines.join("\n")}\n`;
}

/** The command line that repeats a run on one host, quoted for a shell. */
function commandOf(line: CommandLine, host: LabHost): string {
  const words = ["deno", "task", "lab", "run", "--host", host.name];
  for (const { name, value: takesValue } of line.command.options) {
    if (name === "torture" && line.has(name)) words.push("--torture");
    if (!takesValue || name === "host" || name === "out") continue;
    for (const value of line.values(name)) words.push(`--${name}`, value);
  }
  return shellLine(words);
}
