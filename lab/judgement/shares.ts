import {
  type LogInterval,
  plainReplicates,
  ratioInterval,
  type Replicates,
  sideInterval,
} from "../statistics/replicates.ts";
import type { Estimate, Judgement } from "./judgement.ts";
import { FROM, NO_SPREAD, NOT_COMPARED, SHARE_MINIMUM, SHARE_TOO_NOISY } from "./judge.ts";

/** Two sides of a share, with the verdict in words. */
export interface SharesCompared {
  left: Estimate;
  right: Estimate;
  judgement: Judgement;
  words: string;
}

/**
 * Compares shares by their difference: near 0, where most of them are, a factor says nothing, for a
 * thousandth of nothing is nothing too. Else as times are judged: several runs on a side at least.
 */
export function compareShares(left: readonly number[], right: readonly number[]): SharesCompared {
  const [from, to] = [plainReplicates(left), plainReplicates(right)];
  const sides = { left: shareOf(from), right: shareOf(to) };
  if (from.spread === null && to.spread === null) {
    const judgement: Judgement = { ...NOT_COMPARED, verdict: "needs-runs" };
    return { ...sides, judgement, words: NO_SPREAD };
  }
  const interval = ratioInterval(from, to);
  const reach = interval.high - interval.centre;
  const noisy = reach > SHARE_MINIMUM;
  const judgement: Judgement = {
    ratio: null,
    threshold: noisy ? reach : SHARE_MINIMUM,
    thresholdFrom: noisy ? interval.from : "minimum",
    verdict: verdictOf(interval, noisy ? reach : SHARE_MINIMUM),
  };
  return { ...sides, judgement, words: wordsOf(interval, judgement) };
}

function shareOf(side: Replicates): Estimate {
  const { centre, low, high } = sideInterval(side);
  if (side.spread === null) return { value: centre, low: null, high: null };
  return { value: centre, low: Math.max(0, low), high: Math.min(1, high) };
}

function verdictOf({ centre, low, high }: LogInterval, threshold: number): Judgement["verdict"] {
  if (Math.abs(centre) > threshold) return centre > 0 ? "slower" : "faster";
  return -SHARE_TOO_NOISY <= low && high <= SHARE_TOO_NOISY ? "no-change" : "too-noisy";
}

/** A share does not get slower. */
const WORDS: Readonly<Partial<Record<Judgement["verdict"], string>>> = {
  "slower": "more",
  "faster": "less",
  "no-change": "no change",
  "too-noisy": "too noisy",
};

function wordsOf({ centre, low, high }: LogInterval, judgement: Judgement): string {
  const { verdict, threshold, thresholdFrom } = judgement;
  return `${WORDS[verdict]}: ${signed(centre)} percentage points (${signed(low)} to ` +
    `${signed(high)}), changes above ${(threshold! * 100).toFixed(1)} points count ` +
    `(${FROM[thresholdFrom!]})`;
}

/** "+1.2", "-0.3", "0.0". */
function signed(share: number): string {
  const text = (Math.abs(share) * 100).toFixed(1);
  return Number(text) === 0 ? text : `${share > 0 ? "+" : "-"}${text}`;
}
