/**
 * Warnings about captures.
 *
 * @module
 */
import type { Rule, WarningContext } from "./context.ts";

/** Difference of interrupts per operation from which two sources disagree. */
const DISAGREEMENT = 0.05;

/** Interrupts per operation that other work of a CPU may add to what /proc/interrupts counts. */
const FOREIGN = 0.5;

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

/** The trace's count and that of /proc/interrupts against that of perf, which needs neither. */
function sourcesDisagree({ captures }: WarningContext): string[] {
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

/** Rules of this theme by code. */
export const CAPTURE_RULES = {
  W039: noCapture,
  W040: eventsLost,
  W041: sourcesDisagree,
} satisfies Record<string, Rule>;
