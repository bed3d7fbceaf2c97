/** Runs the trials of the core-sync experiment, and gives verdicts when all are done. */

import { RequestError, type RequestParameters } from "../../ffi/session.ts";
import type { Capabilities } from "../environment/capabilities.ts";
import { parseReply } from "../environment/reply.ts";
import { crashReason, NO_RESULT } from "../plan/crash_reason.ts";
import type { Requests } from "../plan/stall_guard.ts";
import {
  type CoreSyncCounts,
  coreSyncCountsSchema,
  type CoreSyncResult,
} from "../schema/core_sync_schema.ts";
import { judgeCoreSync } from "./core_sync_verdict.ts";

/** One request of the experiment. */
export interface CoreSyncStep {
  readonly label: string;
  readonly technique: string | null;
  readonly parameters: RequestParameters;
}

/** What accompanies a step. */
export interface CoreSyncOptions {
  readonly capabilities: Capabilities;
  readonly onProgress: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

/** What verdicts depend on besides counts. */
export interface CoreSyncHost {
  readonly arch: string;
  readonly emulated: boolean;
}

/** All trials of one run; verdicts need the controls among them. */
export class CoreSyncRun {
  #counted: CoreSyncCounts[] = [];

  /**
   * Runs one trial. A technique that is refused or crashes is a result, too.
   *
   * @throws {SessionError} If the core ends; {ReplyFormatError} if its reply is not one.
   */
  async run(session: Requests, step: CoreSyncStep, options: CoreSyncOptions): Promise<void> {
    this.#counted.push(await count(session, step, options));
  }

  /** One result for each technique, `none` among them. */
  conclude({ arch, emulated }: CoreSyncHost): CoreSyncResult[] {
    const publishFirst = this.#counted.find(({ order }) => order === "publish-first") ?? null;
    const trials = this.#counted.filter(({ order }) => order === "code-first");
    const none = trials.find(({ technique }) => technique === "none") ?? null;
    return trials.map((counts) => {
      const { verdict, why } = judgeCoreSync({ arch, emulated, counts, none, publishFirst });
      return {
        experiment: "core-sync",
        ...counts,
        controls: { none: tallyOf(none), publishFirst: tallyOf(publishFirst) },
        verdict,
        why,
      };
    });
  }
}

function tallyOf(counts: CoreSyncCounts | null): CoreSyncResult["controls"]["none"] {
  if (counts === null) return null;
  const { calls, modifications, stale, staleVersions, staleAfterEnd, unknown, unseen } = counts;
  return { calls, modifications, stale, staleVersions, staleAfterEnd, unknown, unseen };
}

async function count(
  session: Requests,
  step: CoreSyncStep,
  { capabilities, onProgress, signal }: CoreSyncOptions,
): Promise<CoreSyncCounts> {
  const refused = capabilities.techniques.find(({ id, available }) =>
    id === step.technique && !available
  );
  if (refused) return nothing(step, refused.reason ?? "it is refused", refused.errno);
  try {
    const [reply] = await session.request("core-sync", step.parameters, {
      onProgress,
      ...(signal ? { signal } : {}),
    });
    if (!reply) throw new RequestError(NO_RESULT, "the core sent no result");
    return parseReply(coreSyncCountsSchema, reply.result, "result", step.label);
  } catch (error) {
    if (!(error instanceof RequestError) || error.code === "bad-request") throw error;
    return nothing(step, crashReason(step.technique, error), null);
  }
}

/** Counts of something that did not run. */
function nothing(
  { technique, parameters, label }: CoreSyncStep,
  reason: string,
  errno: string | null,
): CoreSyncCounts {
  return parseReply(
    coreSyncCountsSchema,
    {
      technique,
      order: parameters["order"],
      available: false,
      reason,
      errno,
      calls: 0,
      modifications: 0,
      stale: 0,
      staleVersions: 0,
      staleAfterEnd: 0,
      unknown: 0,
      unseen: 0,
      starved: false,
      seconds: 0,
      priority: "none",
      callerCpu: parameters["caller-cpu"],
      siblingCpu: parameters["sibling-cpu"],
    },
    "result",
    label,
  );
}
