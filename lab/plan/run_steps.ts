/** Carries steps out in a session and collects results in the form of run.json. */

import type { WireHistogram } from "../../ffi/frames.ts";
import { type Reply, RequestError } from "../../ffi/session.ts";
import { type CaptureOptions, runCapture } from "../experiments/capture/run_capture.ts";
import type { Capabilities } from "../environment/capabilities.ts";
import type { HostFacts } from "../environment/facts.ts";
import { parseReply } from "../format/reply.ts";
import { CoreSyncRun } from "../experiments/core_sync/run_core_sync.ts";
import { runDisturbance } from "../experiments/disturbance/run_disturbance.ts";
import { OrderingRun } from "../experiments/ordering/run_ordering.ts";
import { runRcu } from "../experiments/rcu/run_rcu.ts";
import type { Registration, Result } from "../experiments/run/run_schema.ts";
import { resultSchema } from "../experiments/run/results_schema.ts";
import { attempt, type StepOptions } from "../request/attempt.ts";
import { NO_RESULT } from "../request/crash_reason.ts";
import { guarded, type Requests, stallLimit } from "../request/stall_guard.ts";
import { quietSeconds, type Step } from "./steps.ts";

/** What a run has so far. */
export type StepNews =
  /** What a step has sampled up to now. */
  | { readonly kind: "histogram"; readonly step: Step; readonly histogram: WireHistogram }
  | { readonly kind: "result"; readonly result: Result };

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

/**
 * Runs all steps, one after another.
 *
 * A technique that cannot run here is a result like any other.
 *
 * @returns Results in the order of the steps, and paths of the files that they name.
 * @throws {SessionError} If the core ends; {RequestError} if it does not understand a request;
 * {HostError} if nothing has come of a step for too long, upon which the session is to be closed;
 * {ReplyFormatError} if a reply is not what the schema says; `AbortError` if the signal aborts.
 */
export async function runSteps(
  session: Requests,
  steps: readonly Step[],
  options: RunStepsOptions,
): Promise<{ results: Result[]; files: Map<string, string> }> {
  const files = new Map<string, string>();
  const total = steps.reduce((sum, step) => sum + step.seconds, 0);
  const results: Result[] = [];
  const ordering = new OrderingRun();
  const coreSync = new CoreSyncRun();
  let before = 0;
  const kept = (...fresh: readonly Result[]): void => {
    results.push(...fresh);
    for (const result of fresh) options.onNews?.({ kind: "result", result });
  };
  for (const step of steps) {
    const onProgress = (fraction: number): void =>
      options.onProgress?.((before + fraction * step.seconds) / total, step.label);
    onProgress(0);
    const seconds = stallLimit(quietSeconds(step));
    const requests = guarded(session, { host: options.host, label: step.label, seconds });
    const accompanied: StepOptions = {
      capabilities: options.capabilities,
      onProgress,
      onHistogram: (histogram) => options.onNews?.({ kind: "histogram", step, histogram }),
      ...(options.signal ? { signal: options.signal } : {}),
    };
    switch (step.kind) {
      case "ordering":
        await ordering.run(
          requests,
          { ...step, arrangement: step.arrangement! },
          accompanied,
        );
        break;
      case "core-sync":
        await coreSync.run(requests, step, accompanied);
        break;
      case "rcu":
        kept(await runRcu(requests, step, accompanied));
        break;
      case "disturbance":
        kept(await runDisturbance(requests, step, accompanied));
        break;
      case "cost":
        kept(await runCost(requests, step, accompanied));
        break;
      case "registration":
        addRegistration(results, await ask(requests, step, options, accompanied));
        break;
      case "capture": {
        const captured = await capture(requests, step, options, accompanied);
        for (const [name, path] of captured.files) files.set(name, path);
        kept(captured.result);
        break;
      }
      default: {
        const { result } = await ask(requests, step, options, accompanied);
        kept(parseReply(resultSchema, result, "result", step.label));
      }
    }
    before += step.seconds;
  }
  kept(...ordering.conclude());
  kept(...coreSync.conclude(options));
  return { results, files };
}

async function capture(
  session: Requests,
  step: Step,
  options: RunStepsOptions,
  { onProgress, signal }: StepOptions,
): ReturnType<typeof runCapture> {
  if (!options.capture) throw new RangeError("A capture needs a directory");
  return await runCapture(session, step.parameters, options.facts, options.capture, {
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
}

async function runCost(session: Requests, step: Step, options: StepOptions): Promise<Result> {
  return await attempt<Result>(session, "cost", step, options, {
    of: ({ result, histogram }) =>
      parseReply(resultSchema, { ...result, histogram }, "result", step.label),
    unavailable: (reason, errno) => unavailable(step, reason, errno),
  });
}

async function ask(
  session: Requests,
  step: Step,
  options: RunStepsOptions,
  { onProgress, signal }: StepOptions,
): Promise<Reply> {
  const parameters = step.kind === "conformance"
    ? { ...step.parameters, helper: options.helper }
    : step.parameters;
  const [reply] = await session.request(step.kind, parameters, {
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  if (!reply) {
    throw new RequestError(NO_RESULT, `Cannot run '${step.label}': the core sent no result`);
  }
  return reply;
}

/** The cost of registering stands with the technique's first result. */
function addRegistration(results: Result[], reply: Reply): void {
  const measured = reply.result as {
    technique: string;
    registerNs: { coldSingle: Registration; warm: Registration; coldThreaded: Registration } | null;
  };
  for (const result of results) {
    if (result.experiment !== "cost" || result.technique !== measured.technique) continue;
    result.registerNs = measured.registerNs;
    return;
  }
}

function unavailable(step: Step, reason: string, errno: string | null): Result {
  const { parameters } = step;
  const callerCpus = parameters["caller-cpus"] as number[];
  const siblingCpus = parameters["sibling-cpus"] as number[];
  return parseReply(
    resultSchema,
    {
      experiment: "cost",
      technique: step.technique,
      siblings: siblingCpus.length,
      callers: callerCpus.length,
      placement: parameters["placement"],
      callerCpus,
      siblingCpus,
      available: false,
      reason,
      errno,
      registerNs: null,
      count: 0,
      dropped: 0,
      droppedWhy: { beforeNotRunning: 0, afterNotRunning: 0, preempted: 0, callerPreempted: 0 },
      opsPerSample: 1,
      ns: null,
      histogram: null,
      ipisPerOp: null,
      priority: "none",
      seconds: 0,
    },
    "result",
    step.label,
  );
}
