import { sampleCapture, sampleCaptured } from "../../testdata/sample_run.ts";
import type { CapturedTechnique } from "../../experiments/capture/capture_schema.ts";
import { factsOf } from "../../environment/testdata/fixtures.ts";
import {
  testCases,
  type WarningCase,
  type WarningCases,
} from "../../environment/testdata/warning_cases.ts";
import type { CAPTURE_RULES } from "./captures.ts";

function after(...results: unknown[]): WarningCase {
  return { facts: factsOf("xeon"), results };
}

function counted(perf: number | null, procInterrupts: number): CapturedTechnique["countedPerOp"] {
  return { perf, procInterrupts, flushes: null, cycles: null };
}

const CASES: WarningCases<keyof typeof CAPTURE_RULES> = {
  W039: {
    on: [after(sampleCapture({ available: false, reason: "tracefs cannot be opened: EPERM" }))],
    off: [after(), after(sampleCapture())],
  },
  W040: {
    on: [after(sampleCapture({ lost: 1 }))],
    off: [after(sampleCapture({ lost: 0 }))],
  },
  W041: {
    on: [
      after(sampleCapture({ techniques: [sampleCaptured({ ipisPerOp: 0.9 })] })),
      after(sampleCapture({ techniques: [sampleCaptured(), sampleCaptured({ ipisPerOp: 1.1 })] })),
      after(sampleCapture({ techniques: [sampleCaptured({ countedPerOp: counted(1, 0.9) })] })),
      after(sampleCapture({ techniques: [sampleCaptured({ countedPerOp: counted(1, 1.6) })] })),
    ],
    off: [
      after(sampleCapture({ techniques: [sampleCaptured({ ipisPerOp: 0.96 })] })),
      after(sampleCapture({ techniques: [sampleCaptured({ ipisPerOp: null })] })),
      after(sampleCapture({ techniques: [sampleCaptured({ countedPerOp: counted(1, 1.4) })] })),
      after(sampleCapture({
        techniques: [
          sampleCaptured({ ipisPerOp: 0.5, countedPerOp: counted(null, 1) }),
        ],
      })),
    ],
  },
};

testCases(CASES);
