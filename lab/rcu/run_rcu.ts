/** Runs one flavour of the rcu experiment. */

import { RequestError, type RequestParameters } from "../../ffi/session.ts";
import type { Capabilities } from "../environment/capabilities.ts";
import { parseReply } from "../environment/reply.ts";
import { NO_RESULT } from "../plan/crash_reason.ts";
import type { Requests } from "../plan/stall_guard.ts";
import { type RcuResult, rcuSchema } from "../schema/rcu_schema.ts";

/** One request of the experiment. */
export interface RcuStep {
  readonly label: string;
  /** The heavy fence. */
  readonly technique: string | null;
  readonly parameters: RequestParameters;
}

/** What accompanies a step. */
export interface RcuOptions {
  readonly capabilities: Capabilities;
  readonly onProgress: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs one flavour. One whose heavy fence is refused here, or that fails, is a result, too.
 *
 * @throws {SessionError} If the core ends; {ReplyFormatError} if its reply is not one;
 * {RequestError} if it does not understand the request.
 */
export async function runRcu(
  session: Requests,
  step: RcuStep,
  { capabilities, onProgress, signal }: RcuOptions,
): Promise<RcuResult> {
  const refused = capabilities.techniques.find(({ id, available }) =>
    id === step.technique && !available
  );
  if (refused) return nothing(step, refused.reason ?? "it is refused", refused.errno);
  try {
    const [reply] = await session.request("rcu", step.parameters, {
      onProgress,
      ...(signal ? { signal } : {}),
    });
    if (!reply) throw new RequestError(NO_RESULT, "the core sent no result");
    const { result, histogram } = reply;
    return parseReply(rcuSchema, { ...result, histogram }, "result", step.label);
  } catch (error) {
    if (!(error instanceof RequestError) || error.code === "bad-request") throw error;
    return nothing(step, error.message, null);
  }
}

/** The result of a flavour that did not run. */
function nothing(
  { technique, parameters, label }: RcuStep,
  reason: string,
  errno: string | null,
): RcuResult {
  return parseReply(
    rcuSchema,
    {
      experiment: "rcu",
      flavour: parameters["flavour"],
      technique,
      mode: parameters["mode"],
      mutant: false,
      readers: parameters["readers"],
      writers: parameters["writers"],
      readerCpus: parameters["reader-cpus"],
      writerCpus: parameters["writer-cpus"],
      available: false,
      reason,
      errno,
      seconds: 0,
      reads: 0,
      writes: 0,
      stale: 0,
      readNs: null,
      gracePeriodNs: null,
      histogram: null,
      priority: "none",
    },
    "result",
    label,
  );
}
