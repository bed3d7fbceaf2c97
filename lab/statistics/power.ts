/**
 * What trials could have shown: the power of a test, measured by a ruler of which every trial is
 * known to fail.
 */

import { type BlockCount, dispersionOf, sumOf } from "./dispersion.ts";
import { type RateInterval, rateInterval } from "./rate_interval.ts";

/** The power of some trials. */
export interface Power {
  /** Chance that a trial shows a failure: lower end of the ruler's 95 % interval. */
  readonly rate: number;
  /** Failures to be expected if every trial failed, in trials that are worth as many. */
  readonly expected: number;
  /**
   * The share of failing trials that is excluded with 95 % confidence where no failure was seen:
   * 3 of `expected` (rule of three). null: none.
   */
  readonly excluded: number | null;
}

/** No power at all. */
export const NO_POWER: Power = { rate: 0, expected: 0, excluded: null };

/** The interval of a rate, 95 % unless said otherwise, wider by as much as blocks differ. */
export function intervalOf(blocks: readonly BlockCount[], confidence?: number): RateInterval {
  const dispersion = dispersionOf(blocks);
  return rateInterval(sumOf(blocks, 1) / dispersion, sumOf(blocks, 0) / dispersion, confidence);
}

/** The power of so many trials by a ruler's blocks. */
export function powerBy(ruler: readonly BlockCount[], trials: number): Power {
  const rate = intervalOf(ruler).low;
  const expected = rate * trials / dispersionOf(ruler);
  return { rate, expected, excluded: expected < 3 ? null : 3 / expected };
}
