/** The capture experiment: what the kernel does during each technique, from traces. */

import { defined } from "../../format/defined.ts";
import { type Experiment, stepByStep, withChoice } from "../experiment.ts";
import type { Step } from "../step.ts";
import { type CapturePlan, capturePlan, captureSteps, fullCapture } from "./capture_plan.ts";
import type { CaptureResult } from "./capture_schema.ts";
import { runCapture } from "./run_capture.ts";
import { captureKind } from "./kind.ts";
import { captureWarnings } from "./warnings.ts";
import { captureSection } from "./section.ts";

/** What the kernel does, whom it interrupts, and where the time goes. */
export const capture: Experiment<CapturePlan, Step, CaptureResult> = {
  name: "capture",
  place: 70,
  plan: capturePlan,
  anyFence: true,
  builtIn: { quick: [], full: [fullCapture] },
  change: (part, changes) => ({
    ...withChoice(part, changes),
    siblings: changes.siblings ?? part.siblings,
    // Whoever waits for a slow operation does not want to stop at a thousand
    ops: changes.stopAboveNs ? Math.max(part.ops, 1_000_000) : part.ops,
    stopAboveNs: changes.stopAboveNs ?? part.stopAboveNs,
    bufferKb: changes.bufferKb ?? part.bufferKb,
  }),
  steps: captureSteps,
  start: () =>
    stepByStep(async (session, { parameters }, { facts, capture, onProgress, signal }) => {
      if (!capture) throw new RangeError("A capture needs a directory");
      const options = defined({ onProgress, signal });
      const { result, files } = await runCapture(session, parameters, facts, capture, options);
      return { results: [result], files };
    }),
  results: { capture: captureKind },
  warnings: captureWarnings,
  writesFiles: true,
  section: captureSection,
};
