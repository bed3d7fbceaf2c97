/** The disturbance experiment: what techniques cost those who never call them. */

import { attempt } from "../../request/attempt.ts";
import { type Experiment, stepByStep, withChoice } from "../experiment.ts";
import type { Step } from "../step.ts";
import {
  type DisturbancePlan,
  disturbancePlan,
  disturbanceSteps,
  fullDisturbance,
} from "./disturbance_plan.ts";
import { disturbanceCountsSchema, type DisturbanceResult } from "./disturbance_schema.ts";
import { disturbanceResult } from "./effect.ts";
import { disturbanceKind } from "./kind.ts";
import { disturbanceSection } from "./section.ts";

/** Victims under storms of calls. */
export const disturbance: Experiment<DisturbancePlan, Step, DisturbanceResult> = {
  name: "disturbance",
  place: 60,
  plan: disturbancePlan,
  anyFence: false,
  builtIn: { quick: [], full: [fullDisturbance] },
  change: withChoice,
  steps: disturbanceSteps,
  start: () =>
    stepByStep(async (session, step, around) => {
      const { parameters } = step;
      const counts = await attempt(session, step.kind, step, around, disturbanceCountsSchema, {
        victimPriority: parameters["fifo"] === 1 ? "fifo" : "normal",
        callers: (parameters["caller-cpus"] as number[]).length,
      });
      return { results: [disturbanceResult(counts)] };
    }),
  results: { disturbance: disturbanceKind },
  warnings: {},
  writesFiles: false,
  section: disturbanceSection,
};
