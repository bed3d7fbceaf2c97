/**
 * What the turns of one arrangement could have shown.
 *
 * The ruler is a delay that lasts as long as the technique did in the same turns and orders
 * nothing. How often it is caught is the chance to notice a call that does not order.
 */

import type { BlockCount } from "../../statistics/dispersion.ts";
import { intervalOf, NO_POWER, type Power, powerBy } from "../../statistics/power.ts";
import type { OrderingCounts } from "./ordering_schema.ts";

/** One light side, block by block. */
type Blocks = NonNullable<OrderingCounts["siblings"]>[number]["blocks"];

/** What runs of fencelab before 0.2 lack: their "ordered" says less than it seems to. */
export const LACKS = "power from unclogged calls";

/** What a result lacks to be built on; null: nothing. */
export function lacksOf({ siblings }: Pick<OrderingCounts, "siblings">): string | null {
  return siblings === undefined ? LACKS : null;
}

function techniqueIn({ turns, weak }: Blocks): BlockCount[] {
  return turns.map((of, block) => [of, weak[block] ?? 0]);
}

function rulerIn({ delayTurns, delayWeak }: Blocks): BlockCount[] {
  return delayTurns.map((of, block) => [of, delayWeak[block] ?? 0]);
}

/**
 * The power of an arrangement: that for the light side of which least can be said.
 *
 * Runs of versions that timed the technique in other turns than those counted have none.
 */
export function powerOf({ siblings = [] }: OrderingCounts): Power {
  const powers = siblings.map(({ blocks }) =>
    powerBy(rulerIn(blocks), blocks.turns.reduce((sum, turns) => sum + turns, 0))
  );
  return powers.toSorted((left, right) => left.expected - right.expected)[0] ?? NO_POWER;
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
