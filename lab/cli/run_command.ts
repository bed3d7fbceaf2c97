/** `lab run`: plans on hosts. */

import { findHost, type LabHost, type Transport } from "../hosts/host.ts";
import {
  builtInPlans,
  changePlan,
  type ExperimentName,
  experiments,
  parsePlan,
  type Plan,
  type PlanChanges,
} from "../plan/plan.ts";
import {
  type FreshRun,
  planSteps,
  runPlan,
  type RunPlanOptions,
  survey,
} from "../plan/run_plan.ts";
import { renderRun } from "../render/run.ts";
import { printable } from "../render/printable.ts";
import type { Run } from "../run_schema.ts";
import { nearest } from "../store/nearest.ts";
import { checkWritable } from "../store/check_writable.ts";
import { tracesOf } from "../store/write_run.ts";
import { Scratch } from "../store/scratch.ts";
import { RunStore } from "../store/run_store.ts";
import { findTechnique, techniques } from "../techniques.ts";
import { engineOf } from "./engine.ts";
import { outcomeOf } from "./outcome.ts";
import type { CommandLine } from "./parse.ts";
import { storeDirectory, userPath } from "./paths.ts";
import { print, progressLine, renderOptions } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Runs the command. @returns The exit code. */
export async function runCommand(line: CommandLine, signal: AbortSignal): Promise<number> {
  const plan = changePlan(await readPlan(line.value("plan") ?? "quick"), changesOf(line));
  const transport = transportOf(line.value("transport") ?? "ffi");
  const names = line.values("host").length > 0 ? line.values("host") : ["local"];
  const hosts = [...new Set(names)].map((name) => findHost(name, transport));
  if (line.has("dry-run")) return await dryRun(hosts, plan, line.has("json"));

  const store = new RunStore(storeDirectory(line.value("out")));
  await checkWritable(store.dir);
  const engine = engineOf(line);
  const captures = plan.experiments.some((one) => one.experiment === "capture");
  const options = renderOptions(line.has("all"));
  const codes: number[] = [];
  for (const host of hosts) {
    await using scratch = captures ? await Scratch.open(store.dir) : null;
    const { run, traces } = await measure(host, plan, {
      command: commandOf(line, host),
      signal,
      ...(scratch ? { capture: { directory: scratch.path, engine, ...rawDirectory(line) } } : {}),
    });
    codes.push(outcomeOf(run));
    // Shown before it is stored: a disk that fills up meanwhile must not cost the measurement
    print(line.has("json") ? `${JSON.stringify(run)}\n` : `${renderRun(run, options)}\n\n`);
    const path = await store.save(run, traces);
    if (!line.has("json")) print(nextSteps(run, path));
  }
  return Math.max(...codes);
}

async function measure(
  host: LabHost,
  plan: Plan,
  options: Omit<RunPlanOptions, "onProgress">,
): Promise<FreshRun> {
  const progress = progressLine();
  try {
    return await runPlan(host, plan, {
      ...options,
      onProgress: (fraction, label) => progress.update(fraction, label),
    });
  } finally {
    progress.finish();
  }
}

/** The directory for raw pages that a command line names. */
function rawDirectory(line: CommandLine): { raw: string } | Record<never, never> {
  const raw = line.value("raw");
  if (raw === undefined) return {};
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

function nextSteps(run: Run, path: string): string {
  const invalid = run.warnings.filter((warning) => warning.invalidates).length;
  const lines = [`Stored ${printable(path)}`];
  if (invalid > 0) {
    lines.push(`Next: see to the ${invalid} warning${invalid === 1 ? "" : "s"} that invalidate`);
  } else {
    lines.push("Next:");
  }
  const steps: [string, string][] = [
    [`deno task lab show ${run.id}`, "these tables again"],
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

async function dryRun(hosts: readonly LabHost[], plan: Plan, asJson: boolean): Promise<number> {
  for (const host of hosts) {
    await using session = await host.open();
    const { steps, leftOut } = planSteps(plan, await survey(session, host.name));
    if (asJson) {
      print(`${JSON.stringify({ host: host.name, plan, steps, leftOut })}\n`);
      continue;
    }
    const total = steps.reduce((sum, step) => sum + step.seconds, 0);
    print(`Host ${host.name}: ${steps.length} steps, about ${Math.ceil(total)} s\n`);
    for (const step of steps) print(`  ${step.label}\n`);
    for (const { what, why } of leftOut) print(`  left out: ${what}: ${why}\n`);
  }
  return 0;
}

async function readPlan(name: string): Promise<Plan> {
  if (name === "quick" || name === "full") return builtInPlans[name];
  try {
    return parsePlan(await Deno.readTextFile(userPath(name)), name);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.IsADirectory)) {
      throw cause;
    }
    throw new UsageError(
      `Cannot read the plan '${name}': there is no such file. Remedy: quick, full, or a JSON file`,
      { cause },
    );
  }
}

function changesOf(line: CommandLine): PlanChanges {
  const wantedExperiments = line.values("experiment");
  const wantedTechniques = line.values("technique");
  const seconds = line.value("seconds");
  return {
    ...(wantedExperiments.length > 0 ? { experiments: wantedExperiments.map(experimentOf) } : {}),
    ...(wantedTechniques.length > 0 ? { techniques: wantedTechniques.map(techniqueOf) } : {}),
    ...(seconds === undefined ? {} : { seconds: secondsOf(seconds) }),
    ...captureChangesOf(line),
  };
}

function captureChangesOf(line: CommandLine): Pick<PlanChanges, "stopAboveNs" | "bufferKb"> {
  const above = line.value("stop-above");
  const buffer = line.value("buffer-kb");
  return {
    ...(above === undefined ? {} : { stopAboveNs: durationOf(above) }),
    ...(buffer === undefined ? {} : { bufferKb: bufferOf(buffer) }),
  };
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, "µs": 1e3, ms: 1e6, s: 1e9 };

/** "100us" in nanoseconds. */
function durationOf(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ns|us|µs|ms|s)$/.exec(text) ?? [];
  const ns = Number(number) * (UNITS[unit ?? ""] ?? NaN);
  if (ns >= 1 && ns <= 1e12) return Math.round(ns);
  throw new UsageError(`Cannot use --stop-above '${text}': expected a time such as 100us or 2ms`);
}

function bufferOf(text: string): number {
  const kb = Number(text);
  if (/^\d+$/.test(text) && kb >= 64 && kb <= 4 << 20) return kb;
  throw new UsageError(`Cannot use --buffer-kb '${text}': expected a number from 64 to ${4 << 20}`);
}

function experimentOf(name: string): ExperimentName {
  const found = experiments.find((experiment) => experiment === name);
  if (found) return found;
  throw new UsageError(
    `Unknown experiment '${name}'. Remedy: one of ${experiments.join(", ")}`,
  );
}

function techniqueOf(id: string): string {
  if (findTechnique(id)) return id;
  const near = nearest(id, techniques.map((technique) => technique.id), 3);
  throw new UsageError(`Unknown technique '${id}'. Remedy: perhaps ${near.join(", ")}`);
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds >= 0.01 && seconds <= 3600) return seconds;
  throw new UsageError(`Cannot use --seconds '${text}': expected a number from 0.01 to 3600`);
}

function transportOf(name: string): Transport {
  if (name === "ffi" || name === "agent") return name;
  throw new UsageError(`Cannot use --transport '${name}': expected ffi or agent`);
}

/** The command line that repeats a run on one host, quoted for a shell. */
function commandOf(line: CommandLine, host: LabHost): string {
  const words = ["deno", "task", "lab", "run", "--host", host.name];
  for (const { name, value: takesValue } of line.command.options) {
    if (!takesValue || name === "host" || name === "out") continue;
    for (const value of line.values(name)) words.push(`--${name}`, value);
  }
  return words.map((word) =>
    /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  )
    .join(" ");
}
