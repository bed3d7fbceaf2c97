import type { CoreSyncCounts } from "../experiments/core_sync/core_sync_schema.ts";

/** Counts of a core-sync trial that the schema accepts, for tests. */
export function sampleCoreSync(changes: Partial<CoreSyncCounts> = {}): CoreSyncCounts {
  return {
    technique: "membarrier-sync-core",
    order: "code-first",
    available: true,
    reason: null,
    errno: null,
    calls: 100_000,
    modifications: 20_000,
    stale: 0,
    staleVersions: 0,
    staleAfterEnd: 0,
    unknown: 0,
    unseen: 0,
    starved: false,
    seconds: 1.5,
    priority: "fifo",
    callerCpu: 0,
    siblingCpu: 1,
    ...changes,
  };
}
