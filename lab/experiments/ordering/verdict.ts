/**
 * The rules by which counts become a verdict, as data with prose.
 *
 * A forbidden outcome is proof, its absence is not: "ordered" is said only where missing order
 * would have been seen. What would have been seen is measured in turns with the technique: a delay
 * that takes as long and orders nothing.
 */

import type { Verdict } from "../../format/verdict.ts";
import type { OrderingCounts } from "./ordering_schema.ts";
import { observationOf } from "./observation.ts";

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
  /** How much dearer a technique may get while it is counted; the delay stands for it only if not. */
  drift: 1.5,
} as const;

/** What the controls of the same run showed, as far as they were run. */
export interface Gates {
  /** Forbidden outcomes per iteration of `none` and of `fence` against a compiler barrier. */
  readonly mustFail: Readonly<Record<string, number>>;
  /** Forbidden outcomes with fences on both sides: any makes the run invalid; null: not run. */
  readonly mustPassWeak: number | null;
}

/** A verdict with its reason. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Identifier of the rule. */
  readonly rule: string;
  readonly why: string;
  /** Rate of the delay control: lower end of its 95 % confidence interval. */
  readonly power: number;
  /** 3/N, the 95 % bound on the rate of an outcome that was never seen (rule of three). */
  readonly bound: number | null;
}

interface Facts extends OrderingCounts {
  readonly gates: Gates;
  readonly power: number;
  /** Forbidden outcomes to be expected if the technique ordered nothing. */
  readonly expected: number;
}

interface Rule {
  readonly id: string;
  readonly applies: (facts: Facts) => boolean;
  readonly verdict: Verdict;
  readonly words: (facts: Facts) => string;
}

const rules: readonly Rule[] = [
  {
    id: "unavailable",
    applies: ({ available }) => !available,
    verdict: "not-discriminable",
    words: ({ reason }) => `it could not be used here: ${reason ?? "no reason given"}`,
  },
  {
    id: "invalid",
    applies: ({ gates }) => (gates.mustPassWeak ?? 0) > 0,
    verdict: "not-discriminable",
    words: ({ gates }) =>
      `the run is invalid: fences on both sides let ${gates.mustPassWeak} forbidden outcomes through`,
  },
  {
    id: "seen",
    applies: ({ counts }) => counts.weak > 0,
    verdict: "not-ordered",
    words: ({ counts }) =>
      `${counts.weak} of ${counts.iterations} turns had the outcome that a fence forbids`,
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
    id: "drift",
    applies: ({ costNs, costAfterNs }) =>
      costNs !== null && costAfterNs !== null &&
      costAfterNs > Math.max(costNs, 100) * RULES.drift,
    verdict: "not-discriminable",
    words: () => "the technique became dearer while it was counted, so the delay no longer matches",
  },
  {
    id: "powerful",
    applies: ({ expected }) => expected >= RULES.expectedWeak,
    verdict: "ordered",
    words: ({ counts, power, expected }) =>
      `none in ${counts.iterations}, where a delay as long that orders nothing fails in ` +
      `${percent(power)} of its turns: ${Math.floor(expected)} were to be expected`,
  },
  {
    id: "powerless",
    applies: () => true,
    verdict: "not-discriminable",
    words: ({ counts, expected }) =>
      `none in ${counts.iterations}, but a delay as long that orders nothing would have failed ` +
      `${expected < 1 ? "less than once" : `only ${Math.floor(expected)} times`}`,
  },
];

function weakGates({ mustFail }: Gates): string[] {
  return Object.entries(mustFail).filter(([, rate]) => rate < RULES.gate).map(([name]) => name);
}

function percent(share: number): string {
  return `${(share * 100).toPrecision(share < 0.001 ? 1 : 2)} %`;
}

/**
 * The lower end of the 95 % confidence interval of a rate.
 *
 * Wilson 1927, "Probable inference, the law of succession, and statistical inference", with
 * z = 1.96; it is sound for rates near 0 and 1, too.
 */
export function rateAtLeast(hits: number, of: number): number {
  if (of === 0 || hits === 0) return 0;
  const z2 = 1.96 ** 2;
  const share = hits / of;
  const middle = share + z2 / (2 * of);
  const spread = Math.sqrt(z2 * (share * (1 - share) / of + z2 / (4 * of * of)));
  return Math.max(0, (middle - spread) / (1 + z2 / of));
}

/**
 * Judges one arrangement.
 *
 * Half of the calls take no longer than their median, for which the delay stands: only their half
 * of the turns is counted on to show missing order.
 */
export function judge(counted: OrderingCounts, gates: Gates): Judgement {
  const power = rateAtLeast(counted.delay.weak, counted.delay.iterations);
  const { iterations, weak } = counted.counts;
  const facts: Facts = { ...counted, gates, power, expected: power * iterations / 2 };
  const rule = rules.find(({ applies }) => applies(facts))!;
  return {
    verdict: rule.verdict,
    rule: rule.id,
    why: rule.words(facts),
    power,
    bound: weak > 0 || iterations === 0 ? null : Math.min(1, 3 / iterations),
  };
}

/** The line of one arrangement in the manner of litmus7. */
export function observation({ technique, light, shape, counts }: OrderingCounts): string {
  const name = `${shape.toUpperCase()}+${technique}${light === "barrier" ? "" : `+${light}`}`;
  return observationOf(name, counts.weak, counts.iterations);
}
