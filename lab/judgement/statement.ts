/** What results state in words, so that runs can be compared by it. */

import { isFirm, type Verdict, VERDICT_RANK } from "../format/verdict.ts";

/** What it means that another side states something else. */
export interface Change {
  readonly words: string;
  /** It bears on soundness, not on evidence alone. */
  readonly grave: boolean;
}

/** A statement of one run. */
export interface Statement {
  readonly subject: string;
  readonly says: string;
  /** Of two that runs of one side make, the higher rank counts: proof beats its absence. */
  readonly rank: number;
  /** What it says as a number; two of them are the same if they are close. */
  readonly amount?: number;
  /** What a change from this, the left, to what the right says means. */
  means(right: string): Change;
}

/** Change that is not grave. */
export function mild(words: string): Change {
  return { words, grave: false };
}

/**
 * A verdict about an order as a statement.
 *
 * @param ofTest It is about the test, not the machine: a control, or a mistake made on purpose.
 */
export function verdictStatement(subject: string, verdict: Verdict, ofTest: boolean): Statement {
  return {
    subject,
    says: verdict,
    rank: VERDICT_RANK[verdict],
    means(right): Change {
      for (const [side, says] of [["right", right], ["left", verdict]] as const) {
        if (isFirm(says as Verdict)) continue;
        return mild(`the ${side} could not tell: evidence, not the machine, changed`);
      }
      if (ofTest) return mild("a control or mistake made on purpose came out differently");
      const [broke, kept] = right === "not-ordered" ? ["right", "left"] : ["left", "right"];
      return { words: `the ${broke} was seen to break what the ${kept} kept`, grave: true };
    },
  };
}
