/** The core-sync experiment: whether other CPUs see code that was replaced. */

import { type Experiment, withChoice } from "../experiment.ts";
import type { Step } from "../step.ts";
import type { CoreSyncResult } from "./core_sync_schema.ts";
import { type CoreSyncPlan, coreSyncPlan, coreSyncSteps } from "./core_sync_steps.ts";
import { CoreSyncRun } from "./run_core_sync.ts";
import { coreSyncKind } from "./kind.ts";
import { coreSyncSection } from "./section.ts";

/** Code that is replaced while a sibling runs it. */
export const coreSync: Experiment<CoreSyncPlan, Step, CoreSyncResult> = {
  name: "core-sync",
  place: 40,
  plan: coreSyncPlan,
  anyFence: false,
  builtIn: {
    quick: [],
    full: [{
      experiment: "core-sync",
      techniques: ["membarrier-private-expedited", "membarrier-sync-core"],
      modifications: 20_000,
      seconds: 2,
    }],
  },
  change: withChoice,
  steps: coreSyncSteps,
  start: () => new CoreSyncRun(),
  results: { "core-sync": coreSyncKind },
  warnings: {},
  writesFiles: false,
  section: coreSyncSection,
};
