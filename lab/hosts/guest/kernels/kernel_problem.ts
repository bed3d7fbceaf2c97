/** Why a kernel cannot be had. */

import { HostError } from "../../../format/host_error.ts";

/**
 * What is at fault.
 *
 * `offer`: what was asked for is not there or not sound; another version, suite or time may do.
 * `lists`: apt cannot read what it has kept. Anything else would be the matter again with what is
 * asked for next.
 */
export type Fault = "offer" | "lists" | "network" | "disk" | "trust" | "other";

/** One thing that was tried and failed. */
export class KernelProblem extends HostError {
  /** What failed, as in "Cannot read the list of trixie". */
  readonly task: string;
  /** The cause and nothing else. */
  readonly reason: string;
  readonly remedy: string;
  readonly fault: Fault;

  constructor(task: string, reason: string, remedy: string, fault: Fault) {
    super(`${task}: ${reason}. Remedy: ${remedy}`);
    this.task = task;
    this.reason = reason;
    this.remedy = remedy;
    this.fault = fault;
  }
}

/** Nothing is left to be tried. */
export class NoKernel extends HostError {
  /** All that was tried and why it failed, in its order; not empty. */
  readonly tried: readonly string[];
  readonly #task: string;
  readonly #remedy: string;

  constructor(task: string, tried: readonly string[], remedy: string, cause?: unknown) {
    const [first, ...others] = tried;
    const end = others.length === 0 ? ". " : `. Tried as well:\n  ${others.join("\n  ")}\n`;
    super(`${task}: ${first}${end}Remedy: ${remedy}`, { cause });
    this.tried = tried;
    this.#task = task;
    this.#remedy = remedy;
  }

  /** The same with more that was tried. */
  with(...more: string[]): NoKernel {
    return new NoKernel(this.#task, [...this.tried, ...more], this.#remedy, this.cause);
  }
}
