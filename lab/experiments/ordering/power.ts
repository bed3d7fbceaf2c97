/**
 * What the turns of one arrangement could have shown.
 *
 * The ruler is a delay that lasts as long as the technique did in the same turns and orders
 * nothing. How often it is caught is the chance to notice a call that does not order.
 */

import { type BlockCount, dispersionOf, sumOf } from "../../statistics/dispersion.ts";
import { type RateInterval, rateInterval } from "../../statistics/rate_interval.ts";
import type { OrderingCounts } from "./ordering_schema.ts";

/** One light side, block by block. */
type Blocks = NonNullable<OrderingCounts["siblings"]>[number]["blocks"];

/** The power of some turns. */
export interface Power {
  /** Chance that a turn shows a call that does not order: lower end of its 95 % interval. */
  readonly rate: number;
  /** How much more outcomes differ between blocks than independent ones would; at least 1. */
  readonly dispersion: number;
  /** Forbidden outcomes to be expected if no call ordered, in turns that are worth as many. */
  readonly expected: number;
  /**
   * The share of calls that do not order which these turns exclude with 95 % confidence, where no
   * forbidden outcome was seen: 3 of `expected`. null: none.
   */
  readonly excluded: number | null;
}

/** What runs of fencelab before 0.2 lack: their "ordered" says less than it seems to. */
export const LACKS = "power from unclogged calls";

/** What a result lacks to be built on; null: nothing. */
export function lacksOf({ siblings }: Pick<OrderingCounts, "siblings">): string | null {
  return siblings === undefined ? LACKS : null;
}

/** No power at all. */
const NONE: Power = { rate: 0, dispersion: 1, expected: 0, excluded: null };

function powerOfSide(blocks: Blocks): Power {
  const delay = rulerIn(blocks);
  if (sumOf(delay, 1) === 0) return NONE;
  const dispersion = dispersionOf(delay);
  const rate = intervalOf(delay).low;
  const expected = rate * sumOf(techniqueIn(blocks), 0) / dispersion;
  return { rate, dispersion, expected, excluded: expected < 3 ? null : 3 / expected };
}

function techniqueIn({ turns, weak }: Blocks): BlockCount[] {
  return turns.map((of, block) => [of, weak[block] ?? 0]);
}

function rulerIn({ delayTurns, delayWeak }: Blocks): BlockCount[] {
  return delayTurns.map((of, block) => [of, delayWeak[block] ?? 0]);
}

/** The interval of a rate, wider by as much as blocks differ. */
function intervalOf(blocks: readonly BlockCount[], confidence?: number): RateInterval {
  const dispersion = dispersionOf(blocks);
  return rateInterval(sumOf(blocks, 1) / dispersion, sumOf(blocks, 0) / dispersion, confidence);
}

/**
 * The power of an arrangement: that for the light side of which least can be said.
 *
 * @returns null for runs of versions that timed the technique in other turns than those counted.
 */
export function powerOf({ siblings }: OrderingCounts): Power | null {
  if (siblings === undefined) return null;
  return siblings.map(({ blocks }) => powerOfSide(blocks))
    .reduce((least, one) => one.expected < least.expected ? one : least, {
      ...NONE,
      expected: Infinity,
    });
}

/**
 * Whether a technique that is a delay was caught as often as the delay that it is measured by: two
 * of a kind, so a difference would be the test's fault. Their 99 % intervals have to meet.
 */
export function alike({ siblings = [] }: OrderingCounts): boolean {
  return siblings.every(({ blocks }) => {
    const own = intervalOf(techniqueIn(blocks), 0.99);
    const ruler = intervalOf(rulerIn(blocks), 0.99);
    return own.low <= ruler.high && ruler.low <= own.high;
  });
}
