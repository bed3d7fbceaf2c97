/**
 * Warnings about the rcu experiment.
 *
 * @module
 */
import { staleFlavours } from "../../experiments/rcu/stale.ts";
import type { Rule, WarningContext } from "./context.ts";

function staleReaders(promised: boolean): Rule {
  return ({ rcus }: WarningContext): string[] =>
    staleFlavours(rcus).filter((one) => one.promised === promised).map(({ result }) =>
      `RCU flavour ${result.flavour} (${result.technique}): ${result.stale} readers held objects ` +
      "that had been freed"
    );
}

/** Rules of this theme by code. */
export const RCU_RULES = {
  W047: staleReaders(true),
  W048: staleReaders(false),
} satisfies Record<string, Rule>;
