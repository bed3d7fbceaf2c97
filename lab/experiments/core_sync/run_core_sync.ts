/** Runs the trials of the core-sync experiment, and gives verdicts when all are done. */

import { attempt } from "../../request/attempt.ts";
import type { Requests } from "../../request/stall_guard.ts";
import type { TestedHost } from "../../judgement/result_kind.ts";
import type { Around, Made, Running } from "../experiment.ts";
import type { Step } from "../step.ts";
import {
  type CoreSyncCounts,
  coreSyncCountsSchema,
  type CoreSyncResult,
} from "./core_sync_schema.ts";
import { judgeCoreSync } from "./core_sync_verdict.ts";

/** All trials of one run; verdicts need the controls among them. */
export class CoreSyncRun implements Running {
  #counted: CoreSyncCounts[] = [];

  /** Runs one trial. A technique that is refused or crashes is a result, too. */
  async run(session: Requests, step: Step, around: Around): Promise<Made> {
    this.#counted.push(
      await attempt(session, step.kind, step, around, coreSyncCountsSchema, { modifications: 0 }),
    );
    return { results: [] };
  }

  /** One result for each technique, `none` among them. */
  conclude({ arch, emulated }: TestedHost): CoreSyncResult[] {
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
