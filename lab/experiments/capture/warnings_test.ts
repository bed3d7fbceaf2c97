import { sampleCapture, sampleCaptured } from "../../testdata/sample_run.ts";
import type { CapturedTechnique, CaptureResult } from "./capture_schema.ts";
import { factsOf } from "../../environment/testdata/fixtures.ts";
import { testCases, type WarningCase } from "../../warnings/testdata/warning_cases.ts";

function after(...results: CaptureResult[]): WarningCase {
  return { facts: factsOf("xeon"), results };
}

function counted(perf: number | null, procInterrupts: number): CapturedTechnique["countedPerOp"] {
  return { perf, procInterrupts, flushes: null, cycles: null };
}

testCases({
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
});
