/** What the index keeps of a run, a handler or a called function, in one byte. */

const INCOMPLETE = 1;
/** How its sender was found, by number; the first: not at all. */
const MATCHES = [null, "csd", "ipi", "time"] as const;

/** How a handler's sender was found: by the call's descriptor, the interrupt, or the time alone. */
export type MarkedMatch = typeof MATCHES[number];

/** A mark. @param incomplete The end was not recorded; of a run, the begin or the end. */
export function markOf(incomplete: boolean, match: MarkedMatch): number {
  return (incomplete ? INCOMPLETE : 0) | MATCHES.indexOf(match) << 1;
}

/** What a mark says. */
export function readMark(mark: number): { incomplete: boolean; match: MarkedMatch } {
  return { incomplete: (mark & INCOMPLETE) !== 0, match: MATCHES[(mark >> 1) & 3]! };
}

/** How a sender was found, from a word. */
export function matchOf(word: string): MarkedMatch {
  return MATCHES.find((match) => match === word) ?? null;
}
