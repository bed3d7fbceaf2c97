/** Results as checks that passed, failed or could not be made, for CI systems. */

import { type Expected, isFirm, type Verdict } from "../format/verdict.ts";

/** One check. */
export interface Check {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it is so, in words. */
  readonly why: string;
  /** Passed, and yet worth a look: no fence, though no promise was broken. */
  readonly notable?: boolean;
  /** It passed because nothing was seen to go wrong. */
  readonly ordered?: boolean;
}

/**
 * A verdict fails only against what documentation or construction says: a technique that promises
 * nothing and does not order breaks no promise. No verdict is no success either.
 */
export function verdictCheck(
  name: string,
  { verdict, why }: { readonly verdict: Verdict; readonly why: string },
  expected: Expected,
): Check {
  if (!isFirm(verdict)) return { name, outcome: "skipped", why: `${verdict}: ${why}` };
  return {
    name,
    outcome: expected === null || expected === verdict ? "passed" : "failed",
    why: `${verdict}, promised: ${expected ?? "nothing"}: ${why}`,
    notable: expected === null && verdict === "not-ordered",
    ordered: verdict === "ordered" && expected !== "not-ordered",
  };
}
