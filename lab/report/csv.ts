/** The figures of runs as CSV (RFC 4180). */

import type { Run } from "../experiments/run/run_schema.ts";
import { csvField } from "../text/csv_field.ts";
import { type Measurement, measurementsOf } from "./measurements.ts";

const COLUMNS = [
  "run",
  "host",
  "experiment",
  "technique",
  "metric",
  "value",
  "unit",
  "context",
  "emulated",
] as const satisfies readonly (keyof Measurement)[];

/** The first line, by which a file is known to be a report in CSV. */
export const CSV_SIGNATURE = `${COLUMNS.join(",")}\r\n`;

/** The lines of one run, without the heading. */
export function csvOf(run: Run): string {
  let text = "";
  // The same few words stand in thousands of lines
  const words = new Map<string, string>();
  const fieldOf = (value: Measurement["value"]): string => {
    if (typeof value !== "string") return String(value);
    const known = words.get(value) ?? csvField(value);
    words.set(value, known);
    return known;
  };
  for (const measurement of measurementsOf(run, run.results, run.host.name)) {
    text += COLUMNS.map((column) => fieldOf(measurement[column])).join(",") + "\r\n";
  }
  return text;
}
