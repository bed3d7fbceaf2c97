/** Runs the trials of the core-sync experiment, and gives verdicts when all are done. */

import { parseReply } from "../../format/reply.ts";
import { attempt, type AttemptedStep, type StepOptions } from "../../request/attempt.ts";
import type { Requests } from "../../request/stall_guard.ts";
import {
  type CoreSyncCounts,
  coreSyncCountsSchema,
  type CoreSyncResult,
} from "./core_sync_schema.ts";
import { judgeCoreSync } from "./core_sync_verdict.ts";

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
  async run(session: Requests, step: AttemptedStep, options: StepOptions): Promise<void> {
    this.#counted.push(
      await attempt(session, "core-sync", step, options, {
        of: ({ result }) => parseReply(coreSyncCountsSchema, result, "result", step.label),
        unavailable: (reason, errno) => nothing(step, reason, errno),
      }),
    );
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

/** Counts of something that did not run. */
function nothing(
  { technique, parameters, label }: AttemptedStep,
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
