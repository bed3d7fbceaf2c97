/** The rseq experiment: whether calls restart restartable sections on other CPUs. */

import { attempt } from "../../request/attempt.ts";
import { type Experiment, stepByStep, withChoice } from "../experiment.ts";
import { rseqKind } from "./kind.ts";
import { rseqResults } from "./rseq_results.ts";
import { rseqCountsSchema, type RseqResult } from "./rseq_schema.ts";
import { type RseqPlan, rseqPlan, type RseqStep, rseqSteps } from "./rseq_steps.ts";
import { rseqSection } from "./section.ts";

/** Siblings in restartable sections while techniques are called. */
export const rseq: Experiment<RseqPlan, RseqStep, RseqResult> = {
  name: "rseq",
  place: 45,
  plan: rseqPlan,
  anyFence: false,
  builtIn: {
    quick: [],
    full: [{
      experiment: "rseq",
      techniques: [
        "getppid",
        "membarrier-private-expedited",
        "membarrier-rseq",
        "membarrier-rseq-cpu",
        "signal",
        "affinity-walk",
      ],
      calls: 20_000,
      seconds: 2,
    }],
  },
  change: withChoice,
  steps: rseqSteps,
  start: () =>
    stepByStep(async (session, step, around) => {
      const counts = await attempt(session, step.kind, step, around, rseqCountsSchema, {
        siblings: [],
        aimedCpu: step.parameters["aim"],
      });
      const cpus = step.parameters["sibling-cpus"] as readonly number[];
      return { results: rseqResults(counts, step.aim, cpus, around.facts.uname.release) };
    }),
  results: { rseq: rseqKind },
  warnings: {},
  writesFiles: false,
  section: rseqSection,
};
