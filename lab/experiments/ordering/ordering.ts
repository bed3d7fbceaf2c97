/** The ordering experiment: whether each technique really orders a sibling's accesses. */

import { techniques } from "../../format/techniques.ts";
import { type Experiment, withChoice } from "../experiment.ts";
import {
  type OrderingPlan,
  orderingPlan,
  type OrderingStep,
  orderingSteps,
} from "./ordering_plan.ts";
import type { OrderingResult } from "./ordering_schema.ts";
import { orderingKind } from "./kind.ts";
import { OrderingRun } from "./run_ordering.ts";
import { shapesKind } from "./shapes_kind.ts";
import type { ShapesResult } from "./shapes_schema.ts";
import { orderingWarnings } from "./warnings.ts";
import { orderingSection } from "./section.ts";

/** Orders that must hold, and litmus shapes beside them. */
export const ordering: Experiment<OrderingPlan, OrderingStep, OrderingResult | ShapesResult> = {
  name: "ordering",
  place: 30,
  plan: orderingPlan,
  anyFence: true,
  builtIn: {
    quick: [],
    full: [{
      experiment: "ordering",
      techniques: techniques.map(({ id }) => id),
      iterations: 20_000,
      seconds: 5,
    }],
  },
  change: withChoice,
  steps: orderingSteps,
  start: () => new OrderingRun(),
  results: { ordering: orderingKind, shapes: shapesKind },
  warnings: orderingWarnings,
  writesFiles: false,
  section: orderingSection,
};
