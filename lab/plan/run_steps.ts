/** Carries steps out in a session and collects results in the form of run.json. */

import { defined } from "../format/defined.ts";
import type { WireHistogram } from "../../ffi/frames.ts";
import type { CaptureOptions, Running } from "../experiments/experiment.ts";
import { type ExperimentName, experimentOf } from "../experiments/experiments.ts";
import type { Result } from "../experiments/run/results_schema.ts";
import type { Capabilities } from "../environment/capabilities.ts";
import type { CpuChange } from "../environment/environment.ts";
import type { HostFacts } from "../environment/facts.ts";
import { CpuWatch } from "../request/cpu_watch.ts";
import { guarded, type Requests, stallLimit } from "../request/stall_guard.ts";
import type { PlannedStep } from "./steps.ts";

/** What a run has so far. */
export type StepNews =
  /** What a step has sampled up to now. */
  | { readonly kind: "histogram"; readonly step: PlannedStep; readonly histogram: WireHistogram }
  /** A new result, or one that knows more now: `at` is its place among those of the run. */
  | { readonly kind: "result"; readonly result: Result; readonly at: number };

/** What accompanies running steps. */
export interface RunStepsOptions {
  /** The host's name. */
  readonly host: string;
  readonly facts: HostFacts;
  readonly capabilities: Capabilities;
  /** "x86_64", "aarch64", "ppc64le". */
  readonly arch: string;
  /** The host's CPU is emulated. */
  readonly emulated: boolean;
  /** The release of its kernel. */
  readonly kernel: string;
  /** Where captures go; without it a plan must not ask for one. */
  readonly capture?: CaptureOptions;
  /** Path of the agent on the host, for the conformance case that executes it. */
  readonly helper: string;
  readonly signal?: AbortSignal;
  /** Told the share of the estimated work that is done, and what is being done. */
  readonly onProgress?: (fraction: number, label: string) => void;
  /** Told of results as they come; verdicts of ordering and core-sync come at the end. */
  readonly onNews?: (news: StepNews) => void;
}

/** What comes of running steps. */
export interface StepsRun {
  /** In the order of the steps. */
  readonly results: Result[];
  /** Paths of the files that results name. */
  readonly files: Map<string, string>;
  /** CPUs that came or went meanwhile. */
  readonly cpuChanges: readonly CpuChange[];
}

/**
 * Runs all steps, one after another, and looks after each whether the CPUs are still the same.
 *
 * A technique that cannot run here is a result like any other.
 *
 * @throws {SessionError} If the core ends; {RequestError} if it does not understand a request;
 * {HostError} if nothing has come of a step for too long, upon which the session is to be closed;
 * {ReplyFormatError} if a reply is not what the schema says; `AbortError` if the signal aborts.
 */
export async function runSteps(
  session: Requests,
  steps: readonly PlannedStep[],
  options: RunStepsOptions,
): Promise<StepsRun> {
  const { facts, helper, capabilities, capture, signal } = options;
  const files = new Map<string, string>();
  const results: Result[] = [];
  const cpus = new CpuWatch(facts);
  const running = new Map<ExperimentName, Running>();
  const total = steps.reduce((sum, step) => sum + step.seconds, 0);
  let before = 0;
  const keep = (fresh: readonly Result[]): void => {
    for (const result of fresh) {
      if (!results.includes(result)) results.push(result);
      options.onNews?.({ kind: "result", result, at: results.indexOf(result) });
    }
  };
  for (const step of steps) {
    const { experiment, label } = step;
    const onProgress = (fraction: number): void =>
      options.onProgress?.((before + fraction * step.seconds) / total, label);
    onProgress(0);
    const seconds = stallLimit(step.quietSeconds ?? step.seconds);
    const requests = guarded(session, { host: options.host, label, seconds });
    const own = running.get(experiment) ?? experimentOf(step).start();
    running.set(experiment, own);
    const made = await own.run(requests, step, {
      facts,
      helper,
      capabilities,
      onProgress,
      onHistogram: (histogram) => options.onNews?.({ kind: "histogram", step, histogram }),
      ...defined({ capture, signal }),
    });
    keep(made.results);
    for (const [name, path] of made.files ?? []) files.set(name, path);
    await cpus.look(requests, label);
    before += step.seconds;
  }
  for (const own of running.values()) keep(own.conclude(options));
  return { results, files, cpuChanges: cpus.changes };
}
