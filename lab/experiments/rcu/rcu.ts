/** The rcu experiment: flavours of userspace RCU that are built on the techniques. */

import { attempt } from "../../request/attempt.ts";
import { type Experiment, stepByStep } from "../experiment.ts";
import type { Step } from "../step.ts";
import { changeRcu, fullRcu, type RcuPlan, rcuPlan, rcuSteps } from "./rcu_plan.ts";
import { type RcuResult, rcuSchema } from "./rcu_schema.ts";
import { rcuKind } from "./kind.ts";
import { rcuWarnings } from "./warnings.ts";
import { rcuSection } from "./section.ts";
import { judgeTorture, tortureOf } from "./torture_verdict.ts";

/** How fast each flavour reads and writes, and whether it is sound. */
export const rcu: Experiment<RcuPlan, Step, RcuResult> = {
  name: "rcu",
  place: 50,
  plan: rcuPlan,
  anyFence: false,
  builtIn: { quick: [], full: fullRcu },
  change: changeRcu,
  steps: rcuSteps,
  start: () =>
    stepByStep(async (session, step, around) => {
      const result = await attempt(session, step.kind, step, around, rcuSchema);
      if (tortureOf(result) === null) return { results: [result] };
      return { results: [{ ...result, ...judgeTorture(result, around.facts.uname.release) }] };
    }),
  results: { rcu: rcuKind },
  warnings: rcuWarnings,
  writesFiles: false,
  section: rcuSection,
};
