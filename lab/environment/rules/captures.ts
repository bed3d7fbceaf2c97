/**
 * Warnings about captures.
 *
 * @module
 */
import type { Rule, WarningContext } from "./context.ts";

/** Difference of interrupts per operation from which two sources disagree. */
const DISAGREEMENT = 0.05;

function noCapture({ captures }: WarningContext): string[] {
  return captures.filter((capture) => !capture.available).map((capture) =>
    `The capture was not made (${capture.reason ?? "no reason given"})`
  );
}

function eventsLost({ captures }: WarningContext): string[] {
  return captures.filter((capture) => capture.lost > 0).map((capture) =>
    `${capture.lost} events were lost beside ${capture.events} recorded`
  );
}

/** The trace's count against that of perf, which needs no trace. */
function sourcesDisagree({ captures }: WarningContext): string[] {
  return captures.flatMap((capture) => capture.techniques).flatMap((row) => {
    const perf = row.countedPerOp?.perf ?? null;
    if (perf === null || row.ipisPerOp === null) return [];
    if (Math.abs(perf - row.ipisPerOp) <= DISAGREEMENT) return [];
    return [
      `${row.technique}: ${row.ipisPerOp.toFixed(2)} interrupts per operation in the trace, ` +
      `${perf.toFixed(2)} by perf`,
    ];
  });
}

/** Rules of this theme by code. */
export const CAPTURE_RULES = {
  W039: noCapture,
  W040: eventsLost,
  W041: sourcesDisagree,
} satisfies Record<string, Rule>;
