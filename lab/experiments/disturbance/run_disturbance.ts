/** Runs one arrangement of the disturbance experiment. */

import { parseReply } from "../../format/reply.ts";
import { attempt, type AttemptedStep, type StepOptions } from "../../request/attempt.ts";
import type { Requests } from "../../request/stall_guard.ts";
import { disturbanceCountsSchema, type DisturbanceResult } from "./disturbance_schema.ts";
import { disturbanceResult } from "./effect.ts";

/**
 * Runs it. A technique that is refused or crashes is a result, too.
 *
 * @throws {SessionError} If the core ends; {ReplyFormatError} if its reply is not one.
 */
export async function runDisturbance(
  session: Requests,
  step: AttemptedStep,
  options: StepOptions,
): Promise<DisturbanceResult> {
  return await attempt(session, "disturbance", step, options, {
    of: ({ result }) =>
      disturbanceResult(parseReply(disturbanceCountsSchema, result, "result", step.label)),
    unavailable: (reason, errno) => unavailable(step, reason, errno),
  });
}

function unavailable(
  { label, technique, parameters }: AttemptedStep,
  reason: string,
  errno: string | null,
): DisturbanceResult {
  const nothing = {
    ns: null,
    count: 0,
    blocks: [],
    stolenShare: null,
    woken: null,
    interrupts: null,
  };
  const callerCpus = parameters["caller-cpus"] as number[];
  const counts = parseReply(
    disturbanceCountsSchema,
    {
      technique,
      victim: parameters["victim"],
      work: parameters["work"],
      victimPriority: parameters["fifo"] === 1 ? "fifo" : "normal",
      occupied: parameters["occupied"] === 1,
      callers: callerCpus.length,
      rateHz: parameters["rate-hz"] ?? 0,
      callerCpus,
      victimCpu: parameters["victim-cpu"],
      available: false,
      reason,
      errno,
      ops: 0,
      quiet: nothing,
      storm: nothing,
      seconds: 0,
    },
    "result",
    label,
  );
  return disturbanceResult(counts);
}
