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
import { planSteps, runPlan, survey } from "../plan/run_plan.ts";
import { renderRun } from "../render/run.ts";
import { printable } from "../render/printable.ts";
import type { Run } from "../run_schema.ts";
import { nearest } from "../store/nearest.ts";
import { checkWritable } from "../store/check_writable.ts";
import { RunStore } from "../store/run_store.ts";
import { findTechnique, techniques } from "../techniques.ts";
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
  const options = renderOptions(line.has("all"));
  const codes: number[] = [];
  for (const host of hosts) {
    const run = await measure(host, plan, commandOf(line, host), signal);
    codes.push(outcomeOf(run));
    // Shown before it is stored: a disk that fills up meanwhile must not cost the measurement
    print(line.has("json") ? `${JSON.stringify(run)}\n` : `${renderRun(run, options)}\n\n`);
    const path = await store.save(run);
    if (!line.has("json")) print(nextSteps(run, path));
  }
  return Math.max(...codes);
}

async function measure(
  host: LabHost,
  plan: Plan,
  command: string,
  signal: AbortSignal,
): Promise<Run> {
  const progress = progressLine();
  try {
    return await runPlan(host, plan, {
      command,
      signal,
      onProgress: (fraction, label) => progress.update(fraction, label),
    });
  } finally {
    progress.finish();
  }
}

function nextSteps(run: Run, path: string): string {
  const invalid = run.warnings.filter((warning) => warning.invalidates).length;
  const lines = [`Stored ${printable(path)}`];
  if (invalid > 0) {
    lines.push(`Next: see to the ${invalid} warning${invalid === 1 ? "" : "s"} that invalidate`);
  } else {
    lines.push("Next:");
  }
  lines.push(`  deno task lab show ${run.id}    these tables again`);
  lines.push("  deno task lab doctor                            what this machine lacks");
  lines.push("  deno task lab run --plan full                   every crew size and placement");
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
  };
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
