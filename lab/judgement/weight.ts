/** Of two results with one subject the one that weighs more counts, and of equals the newer. */

import { isFirm, type Verdict } from "../format/verdict.ts";

/** The weight of a failure that was seen: no newer result makes it untrue. */
export const PROOF = 3;

/** The weight of what neither proves nor supports anything. */
export const NO_WEIGHT = 0;

/** The weight of a result without any measurement that nobody refused. */
export const NOTHING_MEASURED = -1;

/**
 * The weight of a verdict.
 *
 * @param test It is wrong on purpose, so that its verdict is about the test: that an older run was
 * not blind says nothing about the newest one.
 * @param doubtful Warnings of its run say that what it did not see says nothing.
 */
export function weightOfVerdict(verdict: Verdict, test: boolean, doubtful: boolean): number {
  if (test) return isFirm(verdict) ? 1 : NO_WEIGHT;
  if (verdict === "not-ordered") return PROOF;
  return verdict === "ordered" && !doubtful ? 2 : NO_WEIGHT;
}
