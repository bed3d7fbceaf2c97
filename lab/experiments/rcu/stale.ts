import type { Result } from "../run/results_schema.ts";
import type { RcuResult } from "./rcu_schema.ts";
import { flavourOf } from "./flavours.ts";

/** A flavour with readers that held freed objects. */
export interface StaleFlavour {
  readonly result: RcuResult;
  /** Documentation promises that it does not happen: the host, or the lab, is at fault. */
  readonly promised: boolean;
}

/** Flavours of a run, not broken on purpose, whose readers saw objects that had been freed. */
export function staleFlavours(results: readonly Result[]): StaleFlavour[] {
  return results.filter((result) => result.experiment === "rcu").filter(({ stale, mutant }) =>
    stale > 0 && !mutant
  ).map((result) => ({ result, promised: flavourOf(result.flavour).promised }));
}
