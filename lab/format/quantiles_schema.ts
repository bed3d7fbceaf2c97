import { z } from "zod";

const nanoseconds = z.number().nonnegative();

/** Quantiles of a distribution of times, in nanoseconds; null where there are no samples. */
export const quantilesSchema = z.looseObject({
  min: nanoseconds,
  p50: nanoseconds,
  p90: nanoseconds,
  p99: nanoseconds,
  p999: nanoseconds,
  max: nanoseconds,
  mean: nanoseconds,
}).nullable();
