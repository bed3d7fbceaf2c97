/**
 * The rules by which counts become a verdict, as data with prose.
 *
 * A forbidden outcome is proof, its absence is not: "ordered" is said only where missing order
 * would have been seen. What would have been seen is measured in turns with the technique: a delay
 * that lasts as long as those calls did and orders nothing (power.ts).
 */

import { notMeasuredWords } from "../../format/attempt_schema.ts";
import type { Verdict } from "../../format/verdict.ts";
import type { Power } from "../../statistics/power.ts";
import { formatCount, formatNs, shareAtMost, smallShare } from "../../text/units.ts";
import { onCpus } from "../run/words.ts";
import type { OrderingCounts } from "./ordering_schema.ts";
import { observationOf } from "./observation.ts";
import { powerOf } from "./power.ts";

/** Numbers of the rules. */
export const RULES = {
  /** Least share of forbidden outcomes of the controls that must fail. */
  gate: 0.1,
  /** Forbidden outcomes that missing order would have caused, at least, for "ordered". */
  expectedWeak: 20,
  /** Turns below which a technique that is not slow counts as starved. */
  leastIterations: 1000,
  /** Nanoseconds of a call beyond which no store buffer reaches; see SLOW_NS of the core. */
  slowNs: 100_000,
  /** Share of the delay's turns that may be shorter than what was drawn for them. */
  brief: 0.01,
  /** Share of calls that no clog held up and that yet last longer than delays that are noticed. */
  long: 0.1,
} as const;

/** What the controls of the same run showed, as far as they were run. */
export interface Gates {
  /** Forbidden outcomes per iteration of `none` and of `fence` against a compiler barrier. */
  readonly mustFail: Readonly<Record<string, number>>;
  /** Forbidden outcomes with fences on both sides: any makes the run invalid; null: not run. */
  readonly mustPassWeak: number | null;
  /** Delays that were not caught as often as the delays that they are measured by. */
  readonly unlike: readonly string[];
}

/** A verdict with its reason. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Identifier of the rule. */
  readonly rule: string;
  readonly why: string;
  readonly power: Power;
  /** Share of failing calls that is excluded with 95 % confidence; null: none, or some failed. */
  readonly bound: number | null;
}

interface Facts extends OrderingCounts {
  readonly gates: Gates;
  readonly power: Power;
}

interface Rule {
  readonly id: string;
  readonly applies: (facts: Facts) => boolean;
  readonly verdict: Verdict;
  readonly words: (facts: Facts) => string;
}

const rules: readonly Rule[] = [
  {
    id: "invalid",
    applies: ({ gates }) => (gates.mustPassWeak ?? 0) > 0,
    verdict: "not-discriminable",
    words: ({ gates }) =>
      `the run is invalid: fences on both sides let ${gates.mustPassWeak} forbidden outcomes through`,
  },
  {
    id: "seen",
    applies: (facts) => forbiddenIn(facts) > 0,
    verdict: "not-ordered",
    words: (facts) => `${failedTurns(facts)} had the outcome that a fence forbids`,
  },
  {
    id: "unavailable",
    applies: ({ available }) => !available,
    verdict: "not-discriminable",
    words: notMeasuredWords,
  },
  {
    id: "forgot",
    applies: ({ kept = null }) => kept !== null,
    verdict: "not-discriminable",
    words: ({ kept, counts }) =>
      kept === "kept"
        ? `none in ${counts.iterations}, but the sibling's CPU may have run another process since it ` +
          "started, which makes the registration an ordinary one"
        : "the sibling's CPU ran another process after the registration, or may have, which makes it " +
          "an ordinary one",
  },
  {
    id: "starved",
    applies: ({ starved }) => starved,
    verdict: "starved",
    words: ({ reason }) => reason ?? "a side did not get to run",
  },
  {
    id: "slow",
    applies: ({ costNs }) => (costNs ?? 0) > RULES.slowNs,
    verdict: "not-discriminable",
    words: ({ counts }) =>
      `none in ${counts.iterations}, but a call takes far longer than any store buffer holds ` +
      "a store back",
  },
  {
    id: "few",
    applies: ({ counts }) => counts.iterations < RULES.leastIterations,
    verdict: "starved",
    words: ({ counts }) => `only ${counts.iterations} turns in the time that was given`,
  },
  {
    id: "gates",
    applies: ({ gates }) => weakGates(gates).length > 0,
    verdict: "not-discriminable",
    words: ({ gates }) =>
      `the controls that must fail did not: ${weakGates(gates).join(", ")} failed in less than ` +
      `${RULES.gate * 100} % of their turns`,
  },
  {
    id: "unchecked",
    applies: ({ gates }) => gates.mustPassWeak === null,
    verdict: "not-discriminable",
    words: () => "the control with fences on both sides was not run",
  },
  {
    id: "unlike",
    applies: ({ gates }) => gates.unlike.length > 0,
    verdict: "not-discriminable",
    words: ({ gates }) =>
      `the test's own measure is wrong in this run: ${gates.unlike.join(", ")} was not caught as ` +
      "often as a delay as long",
  },
  {
    id: "brief",
    applies: tooBrief,
    verdict: "not-discriminable",
    words: ({ ruler }) =>
      `${ruler!.brief} of the ${ruler!.turns} delays by which it is measured ended too early`,
  },
  {
    id: "long",
    applies: (facts) => longShare(facts) > RULES.long && facts.power.expected > 0,
    verdict: "not-discriminable",
    words: (facts) =>
      `none in ${facts.counts.iterations}, but ${smallShare(longShare(facts))} of calls that no ` +
      `clog held up lasted longer than ${formatNs(facts.reach!.ns)}: of those nothing can be told`,
  },
  {
    id: "powerful",
    applies: ({ power }) => power.expected >= RULES.expectedWeak,
    verdict: "ordered",
    words: ({ counts, power }) =>
      `none in ${counts.iterations}, where a delay as long that orders nothing fails in ` +
      `${smallShare(power.rate)} of its turns: ${Math.floor(power.expected)} were to be expected`,
  },
  {
    id: "powerless",
    applies: () => true,
    verdict: "not-discriminable",
    words: ({ counts, power: { expected } }) =>
      `none in ${counts.iterations}, but a delay as long that orders nothing would have failed ` +
      `${expected < 1 ? "less than once" : `only ${Math.floor(expected)} times`}`,
  },
];

/** Forbidden outcomes of all turns, whether they count for the power or came before. */
export function forbiddenIn({ counts, first }: Pick<OrderingCounts, "counts" | "first">): number {
  return counts.weak + (first?.weak ?? 0);
}

/** Whether delays ended before what was drawn for them, so that they were noticed too often. */
export function tooBrief({ ruler }: Pick<OrderingCounts, "ruler">): boolean {
  return ruler !== undefined && ruler.brief > ruler.turns * RULES.brief;
}

/** "3 of 20000 turns", or "5 of its first 2715 turns" where only those failed. */
export function failedTurns({ counts, first }: Pick<OrderingCounts, "counts" | "first">): string {
  return counts.weak > 0 || first === undefined
    ? `${counts.weak} of ${counts.iterations} turns`
    : `${first.weak} of its first ${first.iterations} turns`;
}

/** Share of calls that no clog held up which lasted longer than the delays that were noticed. */
function longShare({ reach }: OrderingCounts): number {
  return reach === undefined || reach.calls === 0 ? 0 : reach.longer / reach.calls;
}

function weakGates({ mustFail }: Gates): string[] {
  return Object.entries(mustFail).filter(([, rate]) => rate < RULES.gate).map(([name]) => name);
}

/** Judges one arrangement. */
export function judge(counted: OrderingCounts, gates: Gates): Judgement {
  const power = powerOf(counted);
  const facts: Facts = { ...counted, gates, power };
  const rule = rules.find(({ applies }) => applies(facts))!;
  return {
    verdict: rule.verdict,
    rule: rule.id,
    why: rule.words(facts),
    power,
    // Calls beyond the test's reach may all fail, for what it can see
    bound: forbiddenIn(counted) > 0 || power.excluded === null
      ? null
      : Math.min(1, power.excluded + longShare(counted)),
  };
}

/**
 * What a verdict holds for, in one sentence that stands wherever the verdict does: the kernel, the
 * CPUs and siblings, the calls, the share of failing ones that is excluded, and with which power.
 */
export function holdsFor(counted: OrderingCounts, judged: Judgement, kernel: string): string {
  const { counts, callerCpu, siblings = [] } = counted;
  const beside = formatCount(siblings.length, "sibling") + onCpus(siblings.map(({ cpu }) => cpu));
  const where = `Linux ${kernel}, caller on CPU ${callerCpu}, ${beside}`;
  if (judged.verdict === "not-ordered") return `${where}: ${judged.why}`;
  if (judged.verdict !== "ordered") return `${where}: not to be told, ${judged.why}`;
  return `${where}: none of ${counts.iterations} calls failed; a delay as long that orders nothing ` +
    `is noticed in ${smallShare(judged.power.rate)} of turns, so with 95 % confidence fewer than ` +
    `${shareAtMost(judged.bound ?? 1)} of calls fail to order${lengths(counted)}`;
}

/** Which calls are counted as failing because no delay as long was noticed. */
function lengths(counted: OrderingCounts): string {
  const longer = longShare(counted);
  return longer === 0 ? "" : `, with the ${smallShare(longer)} of them that lasted longer than ` +
    `${formatNs(counted.reach!.ns)}, of which nothing is known`;
}

/** The line of one arrangement in the manner of litmus7. */
export function observation({ technique, light, shape, counts }: OrderingCounts): string {
  const name = `${shape.toUpperCase()}+${technique}${light === "barrier" ? "" : `+${light}`}`;
  return observationOf(name, counts.weak, counts.iterations);
}
