/**
 * Warnings about measurements that went wrong.
 *
 * @module
 */
import { kindOf } from "../../experiments/experiments.ts";
import { counted, type Rule, type WarningContext } from "./context.ts";

/** A measurement that went wrong. */
interface Failure {
  readonly what: string;
  readonly why: string;
}

/** One finding for each reason, however many it took along. */
function failed({ results }: WarningContext): string[] {
  const failures = results.flatMap((result) =>
    kindOf(result).attempts(result).filter(({ outcome }) => outcome === "failed")
      .map(({ technique, reason }): Failure => ({
        what: `${result.experiment} ${technique}`,
        why: reason ?? "no reason given",
      }))
  );
  return [...Map.groupBy(failures, ({ why }) => why)].map(([why, own]) => {
    const names = [...new Set(own.map(({ what }) => what))].join(", ");
    return `${counted(own.length, "measurement")} failed (${why}): ${names}`;
  });
}

/** Rules of this theme by code. */
export const FAILURE_RULES = {
  W050: failed,
} satisfies Record<string, Rule>;
