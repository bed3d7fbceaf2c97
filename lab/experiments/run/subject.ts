import type { Result } from "./run_schema.ts";

/** Keys that say what a result is about, not what was found. */
const KEYS = [
  "experiment",
  "technique",
  "arrangement",
  "role",
  "callers",
  "siblings",
  "placement",
  "flavour",
  "mode",
  "mutant",
  "readers",
  "writers",
  "order",
  "victim",
  "victimPriority",
  "work",
  "occupied",
  "rateHz",
] as const;

/** What a result is about: of two with the same subject the newer one replaces the older. */
export function subjectOf(result: Result): string {
  const values = result as unknown as Record<string, unknown>;
  return JSON.stringify(KEYS.map((key) => values[key] ?? null));
}
