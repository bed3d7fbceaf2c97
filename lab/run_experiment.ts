/** Running an experiment from a program instead of the command line. */

import { defined } from "./format/defined.ts";
import { localHost } from "./hosts/local_host.ts";
import { builtInPlans, changePlan, type PlanChanges } from "./plan/plan.ts";
import { runPlan } from "./plan/run_plan.ts";
import { checkRun, type Run } from "./experiments/run/run_schema.ts";

/** What to run, where, and what to tell meanwhile. */
export interface ExperimentOptions extends PlanChanges {
  /** Only these experiments. */
  readonly experiments?: readonly ("conformance" | "cost")[];
  /** A built-in plan; `quick` by default. */
  readonly plan?: keyof typeof builtInPlans;
  /** Cancels: the returned promise rejects with `AbortError`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, label: string) => void;
}

/**
 * Runs experiments on this machine and returns the run, which is not stored. Captures, which need
 * files, are for `deno task lab`.
 *
 * Needs `--allow-ffi` and `--allow-read` of the project, and the C core built.
 *
 * @throws {HostError} If the C core is not built.
 * @throws {SessionError} If it ends unexpectedly.
 *
 * @example What a null system call costs here
 * ```ts
 * import { runExperiment } from "@fencelab/fencelab";
 *
 * const run = await runExperiment({
 *   experiments: ["cost"],
 *   techniques: ["getppid"],
 *   seconds: 0.05,
 * });
 * const [result] = run.results;
 * if (result?.experiment === "cost" && result.ns) {
 *   console.log(`${result.ns.p50} ns, median of ${result.count}`);
 * }
 * ```
 */
export async function runExperiment(options: ExperimentOptions = {}): Promise<Run> {
  const { plan = "quick", signal, onProgress, ...rest } = options;
  const changes: PlanChanges = { experiments: ["conformance", "cost"], ...rest };
  const { run } = await runPlan(localHost(), changePlan(builtInPlans[plan], changes), {
    command: "runExperiment()",
    ...defined({ signal, onProgress }),
  });
  return checkRun(run, "runExperiment()"); // a run that is stored is checked there
}
