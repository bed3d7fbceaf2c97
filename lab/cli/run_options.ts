/** What the options of `lab run` mean: a plan and changes to it. */

import type { Transport } from "../hosts/host.ts";
import { type ExperimentName, experiments } from "../experiments/experiments.ts";
import { builtInPlans, changePlan, parsePlan, type Plan, type PlanChanges } from "../plan/plan.ts";
import { withUserTechniques } from "../plan/user_techniques.ts";
import { nearest } from "../text/nearest.ts";
import { findTechnique, techniques } from "../format/techniques.ts";
import type { CommandLine } from "./parse.ts";
import { userPath } from "./paths.ts";
import { techniqueSourcesOf } from "./technique_sources.ts";
import { UsageError } from "./usage_error.ts";

/** The plan that a command line asks for. */
export async function planOf(line: CommandLine): Promise<Plan> {
  const plan = changePlan(await readPlan(line.value("plan") ?? "quick"), changesOf(line));
  const sources = await techniqueSourcesOf(line);
  return withUserTechniques(plan, sources.map(({ name }) => name));
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
  const siblings = line.value("siblings");
  return {
    ...(wantedExperiments.length > 0 ? { experiments: wantedExperiments.map(experimentOf) } : {}),
    ...(wantedTechniques.length > 0 ? { techniques: wantedTechniques.map(techniqueOf) } : {}),
    ...(seconds === undefined ? {} : { seconds: secondsOf(seconds) }),
    ...(siblings === undefined ? {} : { siblings: siblingsOf(siblings) }),
    ...captureChangesOf(line),
    ...rcuChangesOf(line),
  };
}

function rcuChangesOf(
  line: CommandLine,
): Pick<PlanChanges, "readers" | "writers" | "torture"> {
  const readers = line.value("readers");
  const writers = line.value("writers");
  const named = line.has("torture") || line.values("experiment").includes("rcu");
  return {
    ...(readers === undefined ? {} : { readers: threadsOf("readers", readers) }),
    ...(writers === undefined ? {} : { writers: threadsOf("writers", writers) }),
    // A plan for everything measures and tortures; whoever names the experiment means one of them
    ...(named ? { torture: line.has("torture") } : {}),
  };
}

function threadsOf(option: string, text: string): number {
  const threads = Number(text);
  if (/^\d+$/.test(text) && threads >= 1 && threads <= 1024) return threads;
  throw new UsageError(`Cannot use --${option} '${text}': expected a number from 1 to 1024`);
}

function siblingsOf(text: string): number {
  const siblings = Number(text);
  if (/^\d+$/.test(text) && siblings >= 1 && siblings <= 1023) return siblings;
  throw new UsageError(`Cannot use --siblings '${text}': expected a number from 1 to 1023`);
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

function experimentOf(text: string): ExperimentName {
  const names = experiments.map(({ name }) => name);
  const found = names.find((name) => name === text);
  if (found) return found;
  throw new UsageError(
    `Unknown experiment '${text}'. Remedy: one of ${names.join(", ")}`,
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

/** How the local core is reached. */
export function transportOf(line: CommandLine): Transport {
  const name = line.value("transport") ?? "ffi";
  if (name === "ffi" || name === "agent") return name;
  throw new UsageError(`Cannot use --transport '${name}': expected ffi or agent`);
}
