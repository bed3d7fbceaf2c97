/** Runs one arrangement of the disturbance experiment. */

import { RequestError, type RequestParameters } from "../../ffi/session.ts";
import type { Capabilities } from "../environment/capabilities.ts";
import { parseReply } from "../environment/reply.ts";
import { crashReason, NO_RESULT } from "../plan/crash_reason.ts";
import type { Requests } from "../plan/stall_guard.ts";
import { disturbanceCountsSchema, type DisturbanceResult } from "../schema/disturbance_schema.ts";
import { disturbanceResult } from "./effect.ts";

/** One request of the experiment. */
export interface DisturbanceStep {
  readonly label: string;
  readonly technique: string | null;
  readonly parameters: RequestParameters;
}

/**
 * Runs it. A technique that is refused or crashes is a result, too.
 *
 * @throws {SessionError} If the core ends; {ReplyFormatError} if its reply is not one.
 */
export async function runDisturbance(
  session: Requests,
  step: DisturbanceStep,
  { capabilities, onProgress, signal }: {
    capabilities: Capabilities;
    onProgress: (fraction: number) => void;
    signal?: AbortSignal;
  },
): Promise<DisturbanceResult> {
  const refused = capabilities.techniques.find(({ id, available }) =>
    id === step.technique && !available
  );
  if (refused) return unavailable(step, refused.reason ?? "it is refused", refused.errno);
  try {
    const [reply] = await session.request("disturbance", step.parameters, {
      onProgress,
      ...(signal ? { signal } : {}),
    });
    if (!reply) throw new RequestError(NO_RESULT, `Cannot run '${step.label}': no result came`);
    const counts = parseReply(disturbanceCountsSchema, reply.result, "result", step.label);
    return disturbanceResult(counts);
  } catch (error) {
    if (!(error instanceof RequestError) || error.code === "bad-request") throw error;
    return unavailable(step, crashReason(step.technique, error), null);
  }
}

function unavailable(
  { label, technique, parameters }: DisturbanceStep,
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
