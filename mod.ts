/**
 * fencelab for programs: membarrier(2) and asymmetric fences by FFI, and running experiments.
 *
 * The C core must have been built (`deno task build`); using it needs `--allow-ffi`
 * and `--allow-read` for the project's directory.
 *
 * @example Which commands does this kernel offer?
 * ```ts
 * import { queryMembarrier } from "@fencelab/fencelab";
 *
 * console.log((await queryMembarrier()).commands);
 * ```
 *
 * @module
 */

export {
  type CommandMask,
  membarrier,
  MEMBARRIER_FLAG_CPU,
  MembarrierCommand,
  type MembarrierCommandName,
  MembarrierError,
  queryMembarrier,
  registrations,
} from "./ffi/membarrier.ts";
export { FenceError, fullFence, HeavyFence, openFence } from "./ffi/fence.ts";
export { type ExperimentOptions, runExperiment } from "./lab/run_experiment.ts";
export { type Technique, techniques } from "./lab/format/techniques.ts";
export type { CostResult, Result, Run, Warning } from "./lab/experiments/run/run_schema.ts";
