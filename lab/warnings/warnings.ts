/**
 * Which warnings apply to a host and its results.
 *
 * @module
 */
import type { Capabilities } from "../environment/capabilities.ts";
import type { Environment } from "../environment/environment.ts";
import {
  captureRows,
  costRows,
  orderingRows,
  rcuRows,
  type Rule,
  shapeRows,
} from "./rules/context.ts";
import { CAPTURE_RULES } from "./rules/captures.ts";
import { CPU_RULES } from "./rules/cpus.ts";
import { OBSERVING_RULES } from "./rules/observing.ts";
import { ORDERING_RULES } from "./rules/ordering.ts";
import { RCU_RULES } from "./rules/rcu.ts";
import { RIGHTS_RULES } from "./rules/rights.ts";
import { TLB_RULES } from "./rules/tlb.ts";
import { WARNING_CATALOGUE, type WarningCode } from "./warning_catalogue.ts";

/** A warning as it stands in run.json. */
export type HostWarning = {
  code: WarningCode;
  /** The finding, and what it means for the results. */
  message: string;
  remedy: string;
  /** Whether the results it names must not be used. */
  invalidates: boolean;
};

/** The type states that every entry of the catalogue has its rule. */
const RULES: Record<WarningCode, Rule> = {
  ...CPU_RULES,
  ...RIGHTS_RULES,
  ...OBSERVING_RULES,
  ...TLB_RULES,
  ...CAPTURE_RULES,
  ...ORDERING_RULES,
  ...RCU_RULES,
};

/**
 * The warnings that apply.
 *
 * @param environment The host; with the load after the run, if there was one.
 * @param capabilities What the probe found.
 * @param results The run's results, of any experiment; left out before a run.
 * @returns Ordered by code. A code occurs more than once where several results are concerned.
 */
export function warningsFor(
  environment: Environment,
  capabilities: Capabilities,
  results: readonly unknown[] = [],
): HostWarning[] {
  const context = {
    environment,
    capabilities,
    costs: costRows(results),
    captures: captureRows(results),
    orderings: orderingRows(results),
    shapes: shapeRows(results),
    rcus: rcuRows(results),
  };
  const codes = Object.keys(WARNING_CATALOGUE).sort() as WarningCode[];
  return codes.flatMap((code) => {
    const { reason, remedy, invalidates } = WARNING_CATALOGUE[code];
    return RULES[code](context).map((finding) => ({
      code,
      message: `${finding}: ${reason}`,
      remedy,
      invalidates,
    }));
  });
}
