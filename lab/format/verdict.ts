/** What a verdict about an order is: its words, what was expected of it, its rank and its tone. */

import type { Tone } from "../text/style.ts";
import type { Promise as Promised } from "./techniques.ts";

/** Verdicts of experiments that test an order. */
export const VERDICTS = ["ordered", "not-ordered", "not-discriminable", "starved"] as const;

/** A verdict about an order. */
export type Verdict = typeof VERDICTS[number];

/** A verdict that says something about the machine; the others say what the test could do. */
export type FirmVerdict = "ordered" | "not-ordered";

/** What documentation or construction says that the verdict will be; null: nothing. */
export type Expected = FirmVerdict | null;

/** Whether a verdict says something about the machine. */
export function isFirm(verdict: Verdict): verdict is FirmVerdict {
  return verdict === "ordered" || verdict === "not-ordered";
}

/** What was seen beats what was not, and that beats what could not be seen. */
export const VERDICT_RANK: Readonly<Record<Verdict, number>> = {
  "not-ordered": 3,
  "ordered": 2,
  "not-discriminable": 1,
  "starved": 0,
};

/** What the verdicts of the ordering experiment mean, for readers. */
export const VERDICT_MEANINGS: Readonly<Record<Verdict, string>> = {
  "not-ordered": "at least one turn had the forbidden outcome: proof",
  "ordered": "none had, and 20 or more were to be expected otherwise. It holds for the kernel, " +
    "the siblings and the share of calls that stand with it.",
  "not-discriminable": "none had, but the test had no power to show it, or its controls " +
    "did not fail; it is no verdict in favour",
  "starved": "too few turns: a side did not get to run",
};

/** What a promise about memory order says that the verdict beside a running sibling will be. */
export function expectedOf(promise: Promised | undefined): Expected {
  switch (promise) {
    case "ordering":
    case "ordering+core-sync":
      return "ordered";
    case "control":
      return "not-ordered";
    default:
      return null;
  }
}

/** How a verdict is coloured: a promise that is broken is bad, a control that fails is as it should be. */
export function verdictTone(verdict: Verdict, expected: Expected): Tone {
  if (!isFirm(verdict)) return "doubtful";
  if (verdict === expected) return verdict === "ordered" ? "good" : "plain";
  if (expected !== null) return "bad";
  return verdict === "ordered" ? "good" : "doubtful";
}
