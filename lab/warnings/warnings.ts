/**
 * Which warnings apply to a host and its results.
 *
 * @module
 */
import type { Capabilities } from "../environment/capabilities.ts";
import type { Environment } from "../environment/environment.ts";
import { experimentOfResult, experiments } from "../experiments/experiments.ts";
import type { Result } from "../experiments/run/run_schema.ts";
import type { WarningMeaning } from "../judgement/own_warning.ts";
import type { Rule, WarningContext } from "./rules/context.ts";
import { CPU_RULES } from "./rules/cpus.ts";
import { FAILURE_RULES } from "./rules/failures.ts";
import { OBSERVING_RULES } from "./rules/observing.ts";
import { RIGHTS_RULES } from "./rules/rights.ts";
import { TLB_RULES } from "./rules/tlb.ts";
import { type HostWarningCode, WARNING_CATALOGUE } from "./warning_catalogue.ts";

/** A warning as it stands in run.json. */
export type HostWarning = {
  code: string;
  /** The finding, and what it means for the results. */
  message: string;
  remedy: string;
  /** Whether the results it names must not be used. */
  invalidates: boolean;
};

/** The type states that every entry of the catalogue has its rule. */
const RULES: Record<HostWarningCode, Rule> = {
  ...CPU_RULES,
  ...RIGHTS_RULES,
  ...OBSERVING_RULES,
  ...TLB_RULES,
  ...FAILURE_RULES,
};

/** Any warning: what it means, and when it applies. */
interface KnownWarning extends WarningMeaning {
  readonly code: string;
  readonly findings: Rule;
}

/** All warnings, about hosts and about results, ordered by code. */
export const knownWarnings: readonly KnownWarning[] = [
  ...Object.entries(WARNING_CATALOGUE).map(([code, meaning]) => ({
    code,
    ...meaning,
    findings: RULES[code as HostWarningCode],
  })),
  ...experiments.flatMap((experiment) =>
    Object.entries(experiment.warnings).map(([code, { findings, ...meaning }]) => ({
      code,
      ...meaning,
      findings({ environment, results }: WarningContext): string[] {
        const own = results.filter((result) => experiment === experimentOfResult(result));
        return findings(own, environment);
      },
    }))
  ),
].sort((one, other) => one.code < other.code ? -1 : 1);

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
  results: readonly Result[] = [],
): HostWarning[] {
  const context = { environment, capabilities, results };
  return knownWarnings.flatMap(({ code, reason, remedy, invalidates, findings }) =>
    findings(context).map((finding) => ({
      code,
      message: `${finding}: ${reason}`,
      remedy,
      invalidates,
    }))
  );
}
