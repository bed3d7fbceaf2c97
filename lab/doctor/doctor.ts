/**
 * Doctor: what of the lab works on this host, why the rest does not, and what to do about it.
 *
 * @module
 */
import type { Check, Examined } from "./check.ts";
import { hostChecks } from "./host_checks.ts";
import { toolChecks } from "./tool_checks.ts";

/**
 * Examines a host.
 *
 * @param examined What the core and the search for programs found; nothing else is looked at.
 * @returns Every check, also those that found nothing to complain about.
 */
export function examine(examined: Examined): Check[] {
  const [core, compiler, ...programs] = toolChecks(examined);
  return [core!, compiler!, ...hostChecks(examined.surveyed), ...programs];
}
