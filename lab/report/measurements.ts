/** Every figure of a run in long form: one line for each. */

import { kindOf } from "../experiments/experiments.ts";
import type { Result, Run } from "../experiments/run/run_schema.ts";

/** One figure. */
export interface Measurement {
  readonly run: string;
  readonly host: string;
  readonly experiment: string;
  /** Empty where the result is of no technique. */
  readonly technique: string;
  readonly metric: string;
  readonly value: number | string | boolean;
  /** ns, ops, share …; empty for words. */
  readonly unit: string;
  /** What tells results of one technique apart: the crew, the arrangement, the case. */
  readonly context: string;
  readonly emulated: boolean;
}

/** Parts of a result that are raw material of the others, or prose. */
const LEFT_OUT = new Set([
  "experiment",
  "technique",
  "histogram",
  "counted",
  "calibration",
  "clock",
  "callerCpus",
  "siblingCpus",
  "readerCpus",
  "writerCpus",
  "cpus",
  "why",
  "reason",
  "note",
  "observation",
  "worst",
  "stoppedBy",
  "trace",
]);

/** All figures of some results of a run. */
export function* measurementsOf(
  { id, host }: Run,
  results: readonly Result[],
  label: string,
): Generator<Measurement> {
  for (const result of results) {
    const kind = kindOf(result);
    for (const part of kind.parts(result)) {
      const context = kind.context.filter((key) => part[key] !== undefined)
        .map((key) => `${key}=${part[key]}`).join(";");
      for (const [metric, value] of figures(part, kind.context, "")) {
        yield {
          run: id,
          host: label,
          experiment: result.experiment,
          technique: String(part["technique"] ?? ""),
          metric,
          value,
          unit: unitOf(metric, value),
          context,
          emulated: host.emulated,
        };
      }
    }
  }
}

function* figures(
  part: Record<string, unknown>,
  context: readonly string[],
  prefix: string,
): Generator<[string, Measurement["value"]]> {
  for (const [key, value] of Object.entries(part)) {
    const nested = prefix === "" && (LEFT_OUT.has(key) || context.includes(key));
    if (nested || value === null || Array.isArray(value)) continue;
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (typeof value === "object") {
      yield* figures(value as Record<string, unknown>, context, name);
    } else if (["number", "boolean", "string"].includes(typeof value)) {
      yield [name, value as Measurement["value"]];
    }
  }
}

function unitOf(metric: string, value: Measurement["value"]): string {
  if (typeof value !== "number") return "";
  const parts = metric.split(".");
  const last = parts.at(-1)!;
  if (last === "count" || last === "iterations" || last === "weak") return "1";
  if (last === "seconds") return "s";
  if (parts.some((part) => part === "ns" || /Ns$/.test(part))) return "ns";
  if (/PerOp/.test(metric)) return "1/op";
  return "1";
}
