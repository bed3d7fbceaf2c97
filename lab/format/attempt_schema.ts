/** How an attempt to measure something ended: one form for the results of all experiments. */

import { z } from "zod";

/**
 * How an attempt ended.
 *
 * `refused`: kernel, filter or limit said no to the technique itself, as they will the next time.
 * `failed`: something passing stood in the way (a CPU that went away, a thread that was killed, a
 * call that fails now and then), which says nothing of whether the technique can be used.
 */
export const OUTCOMES = ["measured", "refused", "failed"] as const;

/** One of {@linkcode OUTCOMES}. */
export type Outcome = typeof OUTCOMES[number];

/** What each says of the technique, in words. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  measured: "available",
  refused: "not available",
  failed: "failed",
};

/** The member that says it; runs of before it was told apart have none, see {@linkcode outcomeOf}. */
export const outcomeSchema = z.enum(OUTCOMES).exactOptional().describe(
  "measured; refused: by kernel, filter or limit, as it will be the next time; failed: something " +
    "passing stood in the way, which says nothing of the technique",
);

/** Members of every result that an attempt to measure something gives. */
export const attemptShape = {
  available: z.boolean().describe("false: nothing was measured, see outcome, reason, errno"),
  outcome: outcomeSchema,
  reason: z.string().nullable().describe("why nothing was measured"),
  errno: z.string().nullable().default(null).describe("name of the error, such as EPERM"),
};

/** What a result says of how its attempt ended. */
export interface Attempted {
  readonly available: boolean;
  readonly outcome?: Outcome;
  readonly reason: string | null;
}

/**
 * What older cores said of failures, which they told as refusals: of threads that did not run, calls
 * that failed in the middle, processes that were killed, and bare names of errors.
 */
const OLD_FAILURES = new RegExp(
  "^(the crew's threads|the threads? |a thread |the heavy call failed|the victim |killed by SIGKILL" +
    "|the technique (or the victim|crashed|ended|did not)|Cannot run |E[A-Z0-9]+$)",
);

/** Why there is no verdict about what was not measured. */
export function notMeasuredWords(attempted: Attempted): string {
  const why = attempted.reason ?? "no reason given";
  return outcomeOf(attempted) === "failed"
    ? `measuring failed, which says nothing of it: ${why}`
    : `it could not be used here: ${why}`;
}

/** How an attempt ended, of runs of any version. */
export function outcomeOf({ available, outcome, reason }: Attempted): Outcome {
  if (outcome !== undefined) return outcome;
  if (available) return "measured";
  return OLD_FAILURES.test(reason ?? "") ? "failed" : "refused";
}
