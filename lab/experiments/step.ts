/** What an experiment asks of a host, and what it needs to know of it. */

import type { RequestParameters } from "../../ffi/session.ts";
import type { Topology } from "../environment/topology.ts";

/** One request, with what progress needs to know about it. */
export interface Step {
  /** What is being done, for progress: "cost mprotect, 1 sibling". */
  readonly label: string;
  /** Request kind of the core. */
  readonly kind: string;
  readonly parameters: RequestParameters;
  /** The technique that may be refused; `null` where a step is about none, or about many. */
  readonly technique: string | null;
  /** Estimated duration in seconds; progress weighs steps by it. */
  readonly seconds: number;
  /** For how long it may say nothing, in seconds, estimated, where that is not all of its time. */
  readonly quietSeconds?: number;
}

/** A part of a plan that this machine has no CPUs for. */
export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

/** What a machine can do of a plan, and what not. */
export interface Steps<Kind extends Step = Step> {
  readonly steps: readonly Kind[];
  readonly leftOut: readonly LeftOut[];
}

/** CPUs that a plan may use. */
export interface Machine {
  /** "x86_64", "aarch64", "ppc64le". */
  readonly arch: string;
  readonly topology: Topology;
  readonly allowed: readonly number[];
  /** Virtual CPUs share CPUs of the machine below: a sibling may look still for a time slice. */
  readonly shared?: boolean;
}

/** Time in which a request has to end, as the core takes it. */
export function budgetMs(seconds: number): number {
  return Math.max(1, Math.round(seconds * 1000));
}
