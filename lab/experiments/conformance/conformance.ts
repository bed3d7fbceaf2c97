/** The conformance experiment: whether membarrier(2) answers as documented. */

import * as z from "zod";
import { ask } from "../../request/attempt.ts";
import { type Experiment, stepByStep } from "../experiment.ts";
import type { Step } from "../step.ts";
import { type ConformanceResult, conformanceSchema } from "./conformance_schema.ts";
import { conformanceKind } from "./kind.ts";
import { conformanceSection } from "./section.ts";

const conformancePlan = z.strictObject({ experiment: z.literal("conformance") });

type ConformancePlan = z.infer<typeof conformancePlan>;

/** All cases together, in seconds; for estimates only. */
const SECONDS = 0.7;

const step: Step = {
  label: "conformance",
  kind: "conformance",
  parameters: {},
  technique: null,
  seconds: SECONDS,
};

/** Return codes of membarrier(2), each against its documentation. */
export const conformance: Experiment<ConformancePlan, Step, ConformanceResult> = {
  name: "conformance",
  place: 10,
  plan: conformancePlan,
  anyFence: false,
  builtIn: { quick: [{ experiment: "conformance" }], full: [{ experiment: "conformance" }] },
  change: (part) => part,
  steps: () => ({ steps: [step], leftOut: [] }),
  start: () =>
    stepByStep(async (session, { kind, label }, around) => {
      const asked = { label, parameters: { helper: around.helper } };
      return { results: [await ask(session, kind, asked, around, conformanceSchema)] };
    }),
  results: { conformance: conformanceKind },
  warnings: {},
  writesFiles: false,
  section: conformanceSection,
};
