/** Runs a plan on a host and makes a run of it. */

import { defined } from "../format/defined.ts";
import { SessionError } from "../../ffi/session.ts";
import { version } from "../../ffi/version.ts";
import type { CaptureOptions } from "../experiments/experiment.ts";
import { type Capabilities, parseCapabilities } from "../environment/capabilities.ts";
import { environmentAfter, environmentOf, hostOf } from "../environment/environment.ts";
import { type HostFacts, parseHostFacts } from "../environment/facts.ts";
import { formatCpuList } from "../text/cpu_list.ts";
import { topologyOf } from "../environment/topology.ts";
import { warningsFor } from "../warnings/warnings.ts";
import type { Connection, LabHost } from "../hosts/host.ts";
import { HostError } from "../format/host_error.ts";
import { type Guest, type Run, RUN_SCHEMA } from "../experiments/run/run_schema.ts";
import { newRunId } from "../format/run_id.ts";
import type { Plan } from "./plan.ts";
import { runSteps, type StepNews } from "./run_steps.ts";
import { guarded, type Requests, stallLimit } from "../request/stall_guard.ts";
import { type PlannedSteps, stepsOf } from "./steps.ts";

/** What is known about a host before a plan runs on it. */
export interface Survey {
  readonly facts: HostFacts;
  readonly capabilities: Capabilities;
}

/** What accompanies a run. */
export interface RunPlanOptions {
  /** The command line that repeats the run. */
  readonly command: string;
  /** Who runs it, for whoever finds the host taken meanwhile; printable ASCII. */
  readonly owner?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, label: string) => void;
  /** Told what the user should know later, too; see {@linkcode OpenOptions}. */
  readonly onNotice?: (text: string) => void;
  /** Told of results as they come. */
  readonly onNews?: (news: StepNews) => void;
  /** Where captures go; without it the plan must hold none. */
  readonly capture?: CaptureOptions;
}

/** A run that is not stored yet. */
export interface FreshRun {
  readonly run: Run;
  /** Paths of the files that its results name; they lie in the capture's directory. */
  readonly files: ReadonlyMap<string, string>;
}

async function askFacts(session: Requests, name: string): Promise<HostFacts> {
  const [reply] = await surveying(session, name).request("environment");
  return parseHostFacts(reply?.result, `environment of host '${name}'`);
}

function surveying(session: Requests, host: string): Requests {
  return guarded(session, { host, label: "survey", seconds: stallLimit(0) });
}

/** Asks a host what it is and what it can do. @throws as {@linkcode Session.request} does. */
export async function survey(session: Requests, name: string): Promise<Survey> {
  const facts = await askFacts(session, name);
  const [reply] = await surveying(session, name).request("probe");
  return { facts, capabilities: parseCapabilities(reply?.result, `probe of host '${name}'`) };
}

/** The steps of a plan on a surveyed host; what `--dry-run` shows. */
export function planSteps(
  plan: Plan,
  { facts }: Survey,
  host: Pick<LabHost, "name" | "cpus">,
  guest: Guest | null = null,
): PlannedSteps {
  return stepsOf(plan, {
    arch: facts.uname.machine,
    topology: topologyOf(facts),
    allowed: usableCpus(facts, host),
    shared: guest !== null && new Set(guest.hostCpus).size < guest.hostCpus.length,
  });
}

/** CPUs that a plan may use: those of the hosts file that the host allows. */
function usableCpus(
  { allowed }: HostFacts,
  { name, cpus }: Pick<LabHost, "name" | "cpus">,
): number[] {
  if (cpus === null) return [...allowed];
  const usable = allowed.filter((cpu) => cpus.includes(cpu));
  if (usable.length > 0) return usable;
  throw new HostError(
    `Cannot use host '${name}': it allows CPUs ${formatCpuList(allowed)}, its hosts file wants ` +
      `${formatCpuList(cpus)}. Remedy: correct "cpus" in the hosts file`,
  );
}

/**
 * Runs a plan on a host.
 *
 * @returns The run, made of replies that were checked; as a whole it is when it is stored.
 * @throws As {@linkcode runSteps} does; nothing of the run is left then.
 */
export async function runPlan(
  host: LabHost,
  plan: Plan,
  options: RunPlanOptions,
): Promise<FreshRun> {
  const startedAt = new Date();
  const begin = performance.now();
  options.onProgress?.(0, `connecting to ${host.name}`);
  await using connection = await host.open({
    onProgress: (label) => options.onProgress?.(0, label),
    ...defined({ signal: options.signal, onNotice: options.onNotice, owner: options.owner }),
  });
  try {
    return await runOn(host, plan, connection, options, { startedAt, begin });
  } catch (error) {
    throw await withConsole(error, connection);
  }
}

/** The console of a guest that is lost often says why. */
async function withConsole(error: unknown, { console }: Connection): Promise<unknown> {
  const lost = error instanceof SessionError || error instanceof HostError;
  if (console === null || !lost) return error;
  return new HostError(`${error.message}.${await console()}`, { cause: error });
}

async function runOn(
  host: LabHost,
  plan: Plan,
  connection: Connection,
  options: RunPlanOptions,
  { startedAt, begin }: { startedAt: Date; begin: number },
): Promise<FreshRun> {
  const { session, knowledge } = connection;
  const { capture, signal, onProgress, onNews } = options;
  await session.claim(options.owner ?? `process ${Deno.pid}`, host.housekeeping);
  const surveyed = await survey(session, host.name);
  const { facts, capabilities } = surveyed;
  const { steps, leftOut } = planSteps(plan, surveyed, host, connection.guest);
  const before = environmentOf(facts, knowledge);
  const said = hostOf(facts, knowledge);
  const { results, files, cpuChanges } = await runSteps(session, steps, {
    host: host.name,
    arch: before.arch,
    emulated: before.emulated,
    kernel: facts.uname.release,
    facts,
    capabilities,
    helper: connection.helper,
    ...defined({ capture, signal, onProgress, onNews }),
  });
  const environment = environmentAfter(before, await askFacts(session, host.name), cpuChanges);
  const run: Run = {
    schema: RUN_SCHEMA,
    id: newRunId(startedAt, host.name),
    startedAt: startedAt.toISOString(),
    seconds: Math.round(performance.now() - begin) / 1000,
    plan: { ...plan, leftOut },
    command: options.command,
    fencelab: { version, build: session.hello.build },
    host: {
      name: host.name,
      via: host.via,
      transport: host.transport,
      ...said,
      emulated: environment.emulated,
      guest: connection.guest,
    },
    environment,
    warnings: warningsFor(environment, capabilities, results),
    results,
  };
  return { run, files };
}
