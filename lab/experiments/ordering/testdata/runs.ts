/** Results of the ordering experiment for tests. */

import type { OrderingCounts, OrderingResult } from "../ordering_schema.ts";
import { techniques } from "../../../format/techniques.ts";
import { type Arrangement, arrangementsFor } from "../arrangements.ts";
import { concludeOrdering, type Counted } from "../conclude.ts";
import { countsOf, sideOf } from "./counts.ts";

/** All arrangements of all techniques. */
export const allArrangements: readonly Arrangement[] = arrangementsFor(
  techniques.map(({ id }) => id),
  "x86_64",
);

/** Counts in which everything is as it is expected, but for what `change` says. */
export function countedWith(
  change: (one: Arrangement) => Partial<OrderingCounts> = () => ({}),
): Counted[] {
  return allArrangements.map((arrangement): Counted => ({
    arrangement,
    counts: countsOf({
      technique: arrangement.technique,
      light: String(arrangement.parameters["light"] ?? "barrier"),
      ...(arrangement.expected === "not-ordered" ? { counts: sideOf(6000, 20_000) } : {}),
      ...change(arrangement),
    }),
  }));
}

/** Results of {@linkcode countedWith}. */
export function resultsWith(
  change?: (one: Arrangement) => Partial<OrderingCounts>,
): OrderingResult[] {
  return concludeOrdering(countedWith(change), "6.12");
}
