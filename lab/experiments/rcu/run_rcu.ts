/** Runs one flavour of the rcu experiment. */

import { parseReply } from "../../format/reply.ts";
import { attempt, type AttemptedStep, type StepOptions } from "../../request/attempt.ts";
import type { Requests } from "../../request/stall_guard.ts";
import { type RcuResult, rcuSchema } from "./rcu_schema.ts";

/**
 * Runs one flavour. One whose heavy fence is refused here, or that fails, is a result, too.
 *
 * @throws {SessionError} If the core ends; {ReplyFormatError} if its reply is not one;
 * {RequestError} if it does not understand the request.
 */
export async function runRcu(
  session: Requests,
  step: AttemptedStep,
  options: StepOptions,
): Promise<RcuResult> {
  return await attempt(session, "rcu", step, options, {
    of: ({ result, histogram }) =>
      parseReply(rcuSchema, { ...result, histogram }, "result", step.label),
    unavailable: (reason, errno) => nothing(step, reason, errno),
  });
}

/** The result of a flavour that did not run. */
function nothing(
  { technique, parameters, label }: AttemptedStep,
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
