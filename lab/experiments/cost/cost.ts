/** The cost experiment: what one operation of each technique takes, and what registering does. */

import { type Experiment, withChoice } from "../experiment.ts";
import type { Step } from "../step.ts";
import { builtInCost, type CostPlan, costPlan, costSteps } from "./cost_plan.ts";
import type { CostResult } from "./cost_schema.ts";
import { CostRun } from "./run_cost.ts";
import { costKind } from "./kind.ts";
import { costWarnings } from "./warnings.ts";
import { costSection } from "./section.ts";

/** What a heavy operation costs whom. */
export const cost: Experiment<CostPlan, Step, CostResult> = {
  name: "cost",
  place: 20,
  plan: costPlan,
  anyFence: true,
  builtIn: builtInCost,
  change: (part, changes) => ({
    ...withChoice(part, changes),
    siblings: changes.siblings === undefined ? part.siblings : [0, changes.siblings],
    // Whoever gives more time wants more samples, up to what a histogram is good for
    samples: changes.seconds ? Math.max(part.samples, 1_000_000) : part.samples,
  }),
  steps: costSteps,
  start: () => new CostRun(),
  results: { cost: costKind },
  warnings: costWarnings,
  writesFiles: false,
  section: costSection,
};
