/** What the results of the ordering experiment say together. */

import type { OrderingResult } from "./ordering_schema.ts";
import { lacksOf, powerOf } from "./power.ts";
import { RULES } from "./verdict.ts";

/** How many mistakes made on purpose were noticed. */
export interface MutationScore {
  readonly caught: number;
  /** Mutants that the test had the power to catch, or caught without it. */
  readonly within: number;
  readonly total: number;
  /** Within power, and taken for sound. */
  readonly missed: readonly string[];
}

/** The mutation score; `null` without mutants. */
export function mutationScore(results: readonly OrderingResult[]): MutationScore | null {
  const mutants = results.filter(({ role }) => role === "mutant");
  if (mutants.length === 0) return null;
  const caught = mutants.filter(isCaught);
  const missed = mutants.filter((mutant) =>
    !isCaught(mutant) && powerOf(mutant.counted).expected >= RULES.expectedWeak
  );
  return {
    caught: caught.length,
    within: caught.length + missed.length,
    total: mutants.length,
    missed: missed.map(({ technique }) => technique),
  };
}

/** Of the delay's rate, what a mutant's has to reach: one outcome may be luck where hundreds were due. */
const COMPARABLE = 0.5;

function isCaught({ verdict, weak, iterations, power, counted }: OrderingResult): boolean {
  if (verdict !== "not-ordered") return false;
  return lacksOf(counted) !== null || weak >= COMPARABLE * power * iterations;
}

/** Something that documentation promises to order and that was seen not to. */
export function brokenPromises(results: readonly OrderingResult[]): OrderingResult[] {
  return results.filter(({ role, expected, verdict }) =>
    (role === "technique" || role === "scenario" || role === "mechanism" ||
      role === "caller") &&
    expected === "ordered" && verdict === "not-ordered"
  );
}

/** Controls that showed the opposite of what they are. */
export function contradictions(results: readonly OrderingResult[]): OrderingResult[] {
  return results.filter(({ role, expected, verdict }) =>
    (role === "control" || role === "mutant") &&
    (expected === "ordered" ? verdict === "not-ordered" : verdict === "ordered")
  );
}
