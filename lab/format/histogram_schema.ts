import { z } from "zod";
import type { Known } from "./known.ts";

/** The largest bucket number of a histogram of 64-bit values. */
function lastBucket(precisionBits: number): number {
  return (65 - precisionBits) * 2 ** precisionBits - 1;
}

function checkBuckets(
  context: {
    value: { precisionBits: number; index: number[]; count: number[] };
    issues: unknown[];
  },
): void {
  const { precisionBits, index, count } = context.value;
  const refuse = (path: string, message: string): void => {
    context.issues.push({ code: "custom", input: context.value, path: [path], message });
  };
  if (index.length !== count.length) {
    refuse(
      "count",
      `expected ${index.length} counts, one for each bucket, received ${count.length}`,
    );
  }
  for (const [key, list] of [["index", index], ["count", count]] as const) {
    if (!list.every((value) => Number.isSafeInteger(value) && value >= 0)) {
      refuse(key, "expected whole numbers from 0");
    }
  }
  if (index.some((bucket, place) => place > 0 && bucket <= index[place - 1]!)) {
    refuse("index", "expected ascending bucket numbers");
  }
  if ((index.at(-1) ?? 0) > lastBucket(precisionBits)) {
    refuse("index", `expected bucket numbers up to ${lastBucket(precisionBits)}`);
  }
}

/** Checked as a whole by checkBuckets(): a check of its own for each number takes ten times as long. */
const manyCounts = z.array(z.number().meta({ type: "integer", minimum: 0 }));

/** A log-linear histogram in picoseconds, as it stands in run.json. */
export const histogramSchema = z.looseObject({
  unit: z.literal("ps"),
  precisionBits: z.int().min(1).max(16).describe("each power of two has 2^precisionBits buckets"),
  index: manyCounts.describe("bucket numbers, ascending, empty buckets left out"),
  count: manyCounts.describe("samples in each bucket of index"),
}).check(checkBuckets).describe("log-linear histogram of the samples, in picoseconds");

/** A log-linear histogram in integer picoseconds, as run.json holds it. */
export type Histogram = Known<z.infer<typeof histogramSchema>>;
