/** What the options of `lab run` mean: a plan and changes to it. */

import type { Transport } from "../hosts/host.ts";
import { type ExperimentName, experiments } from "../experiments/experiments.ts";
import { builtInPlans, changePlan, parsePlan, type Plan, type PlanChanges } from "../plan/plan.ts";
import { withUserTechniques } from "../plan/user_techniques.ts";
import { nearest } from "../text/nearest.ts";
import { findTechnique, techniques } from "../format/techniques.ts";
import { defined } from "../format/defined.ts";
import { BUFFER_KB, numberOption } from "./number_option.ts";
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
  const experiments = line.values("experiment").map(experimentOf);
  const techniques = line.values("technique").map(techniqueOf);
  const above = line.value("stop-above");
  // A plan for everything measures and tortures; whoever names the experiment means one of them
  const torture = line.has("torture") || experiments.includes("rcu");
  return defined({
    experiments: experiments.length > 0 ? experiments : undefined,
    techniques: techniques.length > 0 ? techniques : undefined,
    seconds: numberOption(line, "seconds", [0.01, 3600], "decimal"),
    siblings: numberOption(line, "siblings", [1, 1023]),
    stopAboveNs: above === undefined ? undefined : durationOf(above),
    bufferKb: numberOption(line, "buffer-kb", BUFFER_KB),
    readers: numberOption(line, "readers", [1, 1024]),
    writers: numberOption(line, "writers", [1, 1024]),
    torture: torture ? line.has("torture") : undefined,
  });
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, "µs": 1e3, ms: 1e6, s: 1e9 };

/** "100us" in nanoseconds. */
function durationOf(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ns|us|µs|ms|s)$/.exec(text) ?? [];
  const ns = Number(number) * (UNITS[unit ?? ""] ?? NaN);
  if (ns >= 1 && ns <= 1e12) return Math.round(ns);
  throw new UsageError(`Cannot use --stop-above '${text}': expected a time such as 100us or 2ms`);
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

/** How the local core is reached. */
export function transportOf(line: CommandLine): Transport {
  const name = line.value("transport") ?? "ffi";
  if (name === "ffi" || name === "agent") return name;
  throw new UsageError(`Cannot use --transport '${name}': expected ffi or agent`);
}
