/** Words and marks that several sections share. */

import {
  type Expected,
  type Verdict,
  VERDICT_MEANINGS,
  verdictTone,
} from "../../format/verdict.ts";
import { type Attempted, outcomeOf } from "../../format/attempt_schema.ts";
import { formatCpuList } from "../../text/cpu_list.ts";
import type { Tone } from "../../text/style.ts";
import { formatCount, formatNs } from "../../text/units.ts";
import { resultsIn } from "./results_in.ts";
import type { CostResult, Host, Result } from "./run_schema.ts";
import {
  type Block,
  group,
  type Inline,
  list,
  type Section,
  type Term,
  type Text,
} from "../../document/blocks.ts";
import type { HostView } from "./host_view.ts";

/** What stands beside everything that an emulated CPU took time for. */
export const EMULATED: Inline = { text: "emulated", tone: "doubtful" };

/** Why times of emulated hosts are shown apart. */
export const EMULATED_MEANS =
  "an emulated CPU is a program: return codes, interrupts and the order of events are the kernel's " +
  "own, but times are the emulator's and say nothing about any machine; they are never set in " +
  "relation to times of real hosts";

/** What is said of an emulated host's figures, in the words for what emulates it. */
export function emulatedMeans({ translator }: Pick<Host, "translator">): string {
  return translator
    ? `${translatedWords(translator)}: times and orders are the translator's, interrupts and ` +
      "return codes those of the machine below; none of it is a fact about this architecture"
    : EMULATED_MEANS;
}

/** "translated by qemu-user on x86_64". */
export function translatedWords({ name, machine }: NonNullable<Host["translator"]>): string {
  return `translated by ${name} on ${machine ?? "a machine that it does not name"}`;
}

/** A time; a dash where there is none. */
export function time(nanoseconds: unknown): string {
  return typeof nanoseconds === "number" ? formatNs(nanoseconds) : "–";
}

/** Interrupts per operation; a terminal has no room to say that they were not counted. */
export function perOperation(value: unknown): Inline {
  return typeof value === "number" ? value.toFixed(2) : { text: "not counted", short: "n/a" };
}

/** " on CPUs 0-3"; "" where none is known. */
export function onCpus(cpus: readonly number[]): string {
  if (cpus.length === 0) return "";
  return ` on CPU${cpus.length === 1 ? "" : "s"} ${formatCpuList([...cpus])}`;
}

/** A long count with spaces that no line breaks at; a dash where there is none. */
export function grouped(value: number | undefined): string {
  if (value === undefined) return "–";
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, "\u00a0");
}

/** Why something could not be used, with the error's name where the reason does not say it. */
export function refusalWords(
  { reason, errno }: { readonly reason: string | null; readonly errno: string | null },
): string {
  const named = errno === null || reason?.includes(errno);
  return `${reason ?? "no reason given"}${named ? "" : ` (${errno})`}`;
}

/**
 * What was not measured, each with its reason: what is refused here, and apart from it what failed.
 *
 * @param refused Title of what is refused.
 */
export function unmeasured<Row extends Attempted & { readonly errno: string | null }>(
  refused: string,
  rows: readonly Row[],
  nameOf: (row: Row) => string,
): Block[] {
  return [["refused", refused] as const, ["failed", FAILED_HERE] as const].flatMap(
    ([outcome, title]) => {
      const own = rows.filter((row) => outcomeOf(row) === outcome);
      const lines = new Set(own.map((row) => `${nameOf(row)}: ${refusalWords(row)}`));
      return lines.size === 0 ? [] : [group(title, [list([...lines])])];
    },
  );
}

const FAILED_HERE = "Failed this time, which says nothing of the technique: measure again";

/** A host's name, marked if it is emulated. */
export function hostName({ label, run }: HostView): Text {
  return run.host.emulated ? [label, " ", EMULATED] : label;
}

/** Title of what belongs to one host. */
export function hostTitle({ label, run }: HostView): string {
  return run.host.emulated ? `${label} (emulated)` : label;
}

/** What verdicts mean, for the tables that have them. */
export const VERDICT_TERMS: readonly Term[] = Object.entries(VERDICT_MEANINGS)
  .map(([term, meaning]) => ({ term, meaning }));

/** A verdict with the colour of what it means here. */
export function verdictText(verdict: Verdict, expected: Expected): Inline {
  return { text: verdict, tone: verdictTone(verdict, expected) };
}

/** The colour of whatever could not be told. */
export const UNDECIDED: Tone = "doubtful";

/** Results of one experiment of a host. */
export function resultsOf<Name extends Result["experiment"]>(
  { run }: HostView,
  experiment: Name,
): Extract<Result, { experiment: Name }>[] {
  return resultsIn(run, experiment);
}

/**
 * A section with a part for each host; a terminal shows one host and needs not name it.
 *
 * @param folded Whether a host's part is for the record only.
 * @returns null where no host has anything to say.
 */
export function sectionOf(
  hosts: readonly HostView[],
  { id, title, blocks }: Section,
  partOf: (host: HostView) => readonly Block[],
  folded: (host: HostView) => boolean = () => false,
): Section | null {
  const parts = hosts.flatMap((host) => {
    const part = partOf(host);
    return part.length === 0 ? [] : [group(hostTitle(host), part, folded(host), "")];
  });
  return parts.length === 0 ? null : { id, title, blocks: [...blocks, ...parts] };
}

/** "munmap, mremap: why" for each reason: on most hosts one holds for many. */
export function byReason<Row>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  reasonOf: (row: Row) => string,
): string[] {
  return [...Map.groupBy(rows, reasonOf)].map(([why, rows]) =>
    `${[...new Set(rows.map(nameOf))].join(", ")}: ${why}`
  );
}

/** Who took part in a cost measurement: "1 caller, 3 siblings, same-cache". */
export function crewOf(
  { callers, siblings, placement }: Pick<CostResult, "callers" | "siblings" | "placement">,
): string {
  const place = placement === "none" ? "" : `, ${placement}`;
  return `${formatCount(callers, "caller")}, ${formatCount(siblings, "sibling")}${place}`;
}

/** "a, b and c". */
export function joined(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
