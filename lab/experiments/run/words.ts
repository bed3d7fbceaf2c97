/** Words and marks that several sections share. */

import { type Expected, type Verdict, verdictTone } from "../../format/verdict.ts";
import { formatNs } from "../../text/units.ts";
import { resultsIn } from "./results_in.ts";
import type { CostResult, Result } from "./run_schema.ts";
import type { Inline, Text } from "../../document/blocks.ts";
import type { HostView } from "./host_view.ts";

/** What stands beside everything that an emulated CPU took time for. */
export const EMULATED: Inline = { text: "emulated", tone: "doubtful" };

/** Why times of emulated hosts are shown apart. */
export const EMULATED_MEANS =
  "an emulated CPU is a program: return codes, interrupts and the order of events are the kernel's " +
  "own, but times are the emulator's and say nothing about any machine; they are never set in " +
  "relation to times of real hosts";

/** A time; a dash where there is none. */
export function time(nanoseconds: unknown): string {
  return typeof nanoseconds === "number" ? formatNs(nanoseconds) : "–";
}

/** Interrupts per operation. */
export function perOperation(value: unknown): string {
  return typeof value === "number" ? value.toFixed(2) : "not counted";
}

/** A host's name, marked if it is emulated. */
export function hostName({ label, run }: HostView): Text {
  return run.host.emulated ? [label, " ", EMULATED] : label;
}

/** Title of what belongs to one host. */
export function hostTitle({ label, run }: HostView): string {
  return run.host.emulated ? `${label} (emulated)` : label;
}

/** A verdict with the colour of what it means here. */
export function verdictText(verdict: Verdict, expected: Expected): Inline {
  return { text: verdict, tone: verdictTone(verdict, expected) };
}

/** Results of one experiment of a host. */
export function resultsOf<Name extends Result["experiment"]>(
  { run }: HostView,
  experiment: Name,
): Extract<Result, { experiment: Name }>[] {
  return resultsIn(run, experiment);
}

/** Who took part in a cost measurement. */
export function crewOf({ callers, siblings, placement }: CostResult): string {
  const many = (count: number, noun: string): string =>
    count === 0 ? `no ${noun}s` : `${count} ${noun}${count === 1 ? "" : "s"}`;
  const place = placement === "none" ? "" : `, ${placement}`;
  return `${many(callers, "caller")}, ${many(siblings, "sibling")}${place}`;
}

/** "a, b and c". */
export function joined(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
