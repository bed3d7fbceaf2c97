/** Warnings about costs that say more of the clock, or of the host's load, than of the technique. */

import type { Environment } from "../../environment/environment.ts";
import { answersWords } from "../../format/answers_schema.ts";
import type { OwnWarnings } from "../../judgement/own_warning.ts";
import type { CostResult } from "./cost_schema.ts";

/** Share of a technique's samples that may be dropped. */
const MOST_DROPPED = 0.2;

/** Warnings of the cost experiment. */
export const costWarnings: OwnWarnings<CostResult> = {
  W029: {
    reason: "the numbers show the clock rather than the technique",
    remedy: "Measure it in batches, with more operations per sample",
    invalidates: true,
    findings: clockOutweighs,
  },
  W038: {
    reason: "what was kept may not represent the technique",
    remedy: "Free the CPUs of other work, grant real-time priority, and run again",
    invalidates: true,
    findings: manyDropped,
  },
  W054: {
    reason: "a call that fails orders nothing, and programs that do not look go on as if it had",
    remedy: "Look for what refuses it now and then (a sandbox, a filter, a shortage of memory); " +
      "times are those of calls that succeeded",
    invalidates: false,
    findings: someFailed,
  },
};

/** `none` is left out: it measures what a sample costs without any operation. */
function clockOutweighs(costs: readonly CostResult[], environment: Environment): string[] {
  const rows = costs.filter((row) => row.technique !== "none" && isOutweighed(row, environment));
  if (rows.length === 0) return [];
  return [
    `One read of the clock (${
      environment.clock.readNs.toFixed(1)
    } ns) costs more than the median of ` +
    rows.map(nameOf).join(", "),
  ];
}

function isOutweighed(row: CostResult, { clock }: Environment): boolean {
  return row.ns !== null && clock.readNs / row.opsPerSample > row.ns.p50;
}

/** Dropped samples make times doubtful; those of an emulated host mean nothing anyway. */
function manyDropped(costs: readonly CostResult[], environment: Environment): string[] {
  if (environment.emulated) return [];
  return costs.filter((row) => droppedShare(row) > MOST_DROPPED).map((row) =>
    `${(droppedShare(row) * 100).toFixed(1)} % of the samples of ${nameOf(row)} were dropped`
  );
}

/** Where all calls fail, the technique is not available. */
function someFailed(costs: readonly CostResult[]): string[] {
  return costs.flatMap((row) => {
    const { failures = [], calls } = row;
    if (!row.available || failures.length === 0) return [];
    return [`${nameOf(row)} failed: ${answersWords(failures)}, of ${calls ?? "unknown"} calls`];
  });
}

function droppedShare(row: CostResult): number {
  const taken = row.count + row.dropped;
  return taken === 0 ? 0 : row.dropped / taken;
}

/** Names a measurement: "mprotect (2 siblings, 1 caller)". */
function nameOf({ technique, siblings, callers }: CostResult): string {
  const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return `${technique} (${many(siblings, "sibling")}, ${many(callers, "caller")})`;
}
