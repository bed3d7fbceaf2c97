/**
 * What a warning's rule may look at.
 *
 * @module
 */
import type { Result } from "../../experiments/run/run_schema.ts";
import type { Capabilities } from "../../environment/capabilities.ts";
import { tryCpuList } from "../../text/cpu_list.ts";
import type { Environment } from "../../environment/environment.ts";

/** All that a rule may look at. */
export type WarningContext = {
  environment: Environment;
  capabilities: Capabilities;
  /** Results of the run; empty before it. */
  results: readonly Result[];
};

/** The findings that trigger a warning, one message each; none if the warning does not apply. */
export type Rule = (context: WarningContext) => string[];

/** "1 CPU", "2 CPUs". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** How often a CPU list's members occur in a set of CPUs. */
export function membersOf(list: string, cpus: ReadonlySet<number>): number {
  return (tryCpuList(list) ?? []).filter((cpu) => cpus.has(cpu)).length;
}

/** What refused an ability, in brackets: " (EPERM: SCHED_FIFO is refused)". */
export function whyRefused(ability: { errno: string | null; reason: string | null }): string {
  const { errno, reason } = ability;
  if (reason === null) return errno === null ? "" : ` (${errno})`;
  return errno === null || reason.includes(errno) ? ` (${reason})` : ` (${errno}: ${reason})`;
}
