/** Warnings about captures that were not made, are not complete, or contradict other counts. */

import type { OwnWarnings } from "../../judgement/own_warning.ts";
import type { CaptureResult } from "./capture_schema.ts";

/** Difference of interrupts per operation from which two sources disagree. */
const DISAGREEMENT = 0.05;

/** Interrupts per operation that other work of a CPU may add to what /proc/interrupts counts. */
const FOREIGN = 0.5;

/** Warnings of the capture experiment. */
export const captureWarnings: OwnWarnings<CaptureResult> = {
  W039: {
    reason: "interrupts, targets and the times between them cannot be shown",
    remedy: "Run as a user who may use tracefs, on a kernel with tracepoints",
    invalidates: false,
    findings: noCapture,
  },
  W040: {
    reason: "the trace is not complete, and what is missing may hold operations and interrupts",
    remedy: "Give a larger buffer with --buffer-kb, or record fewer operations at once",
    invalidates: false,
    findings: eventsLost,
  },
  W041: {
    reason:
      "interrupts reach the siblings that the trace cannot ascribe to the operations, or other " +
      "work interrupts them",
    remedy: "Look at the call sites in the trace: the kernel may send on behalf of another thread",
    invalidates: false,
    findings: sourcesDisagree,
  },
};

function noCapture(captures: readonly CaptureResult[]): string[] {
  return captures.filter((capture) => !capture.available).map((capture) =>
    `The capture was not made (${capture.reason ?? "no reason given"})`
  );
}

function eventsLost(captures: readonly CaptureResult[]): string[] {
  return captures.filter((capture) => capture.lost > 0).map((capture) =>
    `${capture.lost} events were lost beside ${capture.events} recorded`
  );
}

/** The trace's count and that of /proc/interrupts against that of perf, which needs neither. */
function sourcesDisagree(captures: readonly CaptureResult[]): string[] {
  return captures.flatMap((capture) => capture.techniques).flatMap((row) => {
    const perf = row.countedPerOp?.perf ?? null;
    if (perf === null) return [];
    const others: [string, number | null, number][] = [
      ["in the trace", row.ipisPerOp, DISAGREEMENT],
      // It counts the CPU, also what hits others there
      ["in /proc/interrupts", row.countedPerOp?.procInterrupts ?? null, FOREIGN],
    ];
    return others.flatMap(([where, value, most]) =>
      value === null || (value >= perf - DISAGREEMENT && value <= perf + most) ? [] : [
        `${row.technique}: ${value.toFixed(2)} interrupts per operation ${where}, ` +
        `${perf.toFixed(2)} by perf`,
      ]
    );
  });
}
