/** One measurement that a technique may refuse, or end with: both are results. */

import {
  type Reply,
  RequestError,
  type RequestOptions,
  type RequestParameters,
} from "../../ffi/session.ts";
import type { Capabilities } from "../environment/capabilities.ts";
import { crashReason, NO_RESULT } from "./crash_reason.ts";
import type { Requests } from "./stall_guard.ts";

/** One request of an experiment. */
export interface AttemptedStep {
  readonly label: string;
  readonly technique: string | null;
  readonly parameters: RequestParameters;
}

/** What accompanies a step. */
export interface StepOptions extends Pick<RequestOptions, "onProgress" | "onHistogram" | "signal"> {
  readonly capabilities: Capabilities;
}

/** How an experiment makes results. */
export interface Outcomes<Result> {
  readonly of: (reply: Reply) => Result;
  /** The result of a technique that could not be used. */
  readonly unavailable: (reason: string, errno: string | null) => Result;
}

/**
 * Asks for a measurement.
 *
 * @throws {SessionError} If the core ends; {RequestError} if it does not understand the request;
 * what `outcomes` throw.
 */
export async function attempt<Result>(
  session: Requests,
  kind: string,
  { label, technique, parameters }: AttemptedStep,
  { capabilities, ...options }: StepOptions,
  outcomes: Outcomes<Result>,
): Promise<Result> {
  const refused = capabilities.techniques.find(({ id, available }) =>
    id === technique && !available
  );
  // A filter that kills would take the worker along: what the probe saw refused is not tried again
  if (refused) return outcomes.unavailable(refused.reason ?? "it is refused", refused.errno);
  try {
    const [reply] = await session.request(kind, parameters, options);
    if (!reply) {
      throw new RequestError(NO_RESULT, `Cannot run '${label}': the core sent no result`);
    }
    return outcomes.of(reply);
  } catch (error) {
    if (!(error instanceof RequestError) || error.code === "bad-request") throw error;
    return outcomes.unavailable(crashReason(technique, error), null);
  }
}
