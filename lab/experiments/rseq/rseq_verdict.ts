/**
 * The rules by which turns become a verdict about restartable sections, as data with prose.
 *
 * Each call is judged by itself: a sibling was seen in a section before it, and the section was
 * seen to go on after it or not. Turns without a call show how often the scheduler restarts
 * sections unasked, and that sections which nothing restarts are seen to go on.
 */

import { notMeasuredWords } from "../../format/attempt_schema.ts";
import { findTechnique } from "../../format/techniques.ts";
import { rateInterval } from "../../statistics/rate_interval.ts";
import { shareAtMost } from "../../text/units.ts";
import type { RseqResult, RseqTurns, RseqVerdict } from "./rseq_schema.ts";

/** Numbers of the rules. */
export const RSEQ_RULES = {
  /** Share of calls that do otherwise which a verdict in favour has to exclude. */
  excluded: 0.01,
} as const;

/** What a verdict rests on. */
export type RseqFacts = Pick<
  RseqResult,
  "role" | "available" | "outcome" | "reason" | "starved" | "called" | "quiet"
>;

/** A verdict with its reason. */
export interface RseqJudgement {
  readonly verdict: RseqVerdict;
  /** Identifier of the rule. */
  readonly rule: string;
  readonly why: string;
  /** Share of calls that may do otherwise unseen, at most; null: nothing is excluded. */
  readonly excluded: number | null;
}

interface Rule {
  readonly id: string;
  readonly role?: RseqResult["role"];
  readonly verdict: RseqVerdict;
  readonly applies: (facts: RseqFacts) => boolean;
  readonly words: (facts: RseqFacts) => string;
}

/** Turns after which the section went on. */
export function wentOn({ turns, restarted, switched }: RseqTurns): number {
  return turns - restarted - switched;
}

/** How often a section is restarted in a turn without a call, at most. */
function byChance({ quiet }: RseqFacts): number {
  return rateInterval(quiet.restarted + quiet.switched, quiet.turns).high;
}

/**
 * Share of calls that may leave a section running and were not seen, at most: only calls whose
 * section nothing else restarted would have shown it (rule of three).
 */
function mayLeave(facts: RseqFacts): number {
  const telling = facts.called.turns * (1 - byChance(facts));
  return telling <= 3 ? 1 : 3 / telling;
}

/** How often the scheduler is innocent of a restart. */
function innocent({ turns, restarted, switched }: RseqTurns): ReturnType<typeof rateInterval> {
  return rateInterval(restarted, turns - switched);
}

/** Share of calls that may restart a bystander beyond what happens without a call, at most. */
function mayRestart({ called, quiet }: RseqFacts): number {
  return innocent(called).high - innocent(quiet).low;
}

const of = (part: number, { turns }: RseqTurns, what: string): string =>
  `${part} of ${turns} ${what}`;

const restarts = ({ restarted, switched }: RseqTurns): number => restarted + switched;

const telling = ({ turns, restarted, switched }: RseqTurns): string =>
  `${restarted} of ${turns - switched}`;

/** The first rule that applies gives the verdict. */
const rules: readonly Rule[] = [
  {
    id: "went-on",
    role: "aimed",
    verdict: "not-restarted",
    applies: ({ called }) => wentOn(called) > 0,
    words: ({ called, quiet }) =>
      `${of(wentOn(called), called, "calls")} left the section running in which the sibling was ` +
      `seen; without a call ${of(restarts(quiet), quiet, "turns")} restarted it`,
  },
  {
    id: "unavailable",
    verdict: "not-discriminable",
    applies: ({ available }) => !available,
    words: notMeasuredWords,
  },
  {
    id: "starved",
    verdict: "starved",
    applies: ({ called, starved }) => starved || called.turns === 0,
    words: ({ called }) =>
      `a thread did not get to run: a sibling was seen in a section before ${called.turns} calls`,
  },
  {
    id: "few",
    role: "aimed",
    verdict: "not-discriminable",
    applies: (facts) => mayLeave(facts) > RSEQ_RULES.excluded,
    words: (facts) =>
      `each of ${facts.called.turns} calls restarted it, without a call ` +
      `${of(restarts(facts.quiet), facts.quiet, "turns")}, from which too little follows: up to ` +
      `${shareAtMost(mayLeave(facts))} of calls may leave it running`,
  },
  {
    id: "each",
    role: "aimed",
    verdict: "restarted",
    applies: () => true,
    words: (facts) =>
      `each of ${facts.called.turns} calls restarted the section in which the sibling was seen, ` +
      `without a call ${of(restarts(facts.quiet), facts.quiet, "turns")}: fewer than ` +
      `${shareAtMost(mayLeave(facts))} of calls leave it running (95 %)`,
  },
  {
    id: "disturbed",
    role: "bystander",
    verdict: "not-spared",
    applies: ({ called, quiet }) => innocent(called).low > innocent(quiet).high,
    words: ({ called, quiet }) =>
      `${telling(called)} calls restarted a sibling on another CPU that was not switched out; ` +
      `without a call ${telling(quiet)} turns did`,
  },
  {
    id: "few",
    role: "bystander",
    verdict: "not-discriminable",
    applies: (facts) => mayRestart(facts) > RSEQ_RULES.excluded,
    words: (facts) =>
      `${telling(facts.called)} calls restarted a sibling on another CPU that was not switched ` +
      `out, without a call ${telling(facts.quiet)} turns: up to ` +
      `${shareAtMost(mayRestart(facts))} of calls may do so`,
  },
  {
    id: "spared",
    role: "bystander",
    verdict: "spared",
    applies: () => true,
    words: (facts) =>
      `${telling(facts.called)} calls restarted a sibling on another CPU that was not switched ` +
      `out, without a call ${telling(facts.quiet)} turns: fewer than ` +
      `${shareAtMost(mayRestart(facts))} of calls do so (95 %)`,
  },
];

/** The verdict about one technique and role. */
export function judgeRseq(facts: RseqFacts): RseqJudgement {
  const rule = rules.find(({ role, applies }) =>
    (role === undefined || role === facts.role) && applies(facts)
  )!;
  const excluded = rule.verdict === "restarted"
    ? mayLeave(facts)
    : rule.verdict === "spared"
    ? mayRestart(facts)
    : null;
  return { verdict: rule.verdict, rule: rule.id, why: rule.words(facts), excluded };
}

/** What documentation or construction says about a technique; null: nothing. */
export function expectedOfRseq(
  { technique, role }: Pick<RseqResult, "technique" | "role">,
): RseqVerdict | null {
  const promise = findTechnique(technique)?.promise;
  if (promise === "control") return role === "aimed" ? "not-restarted" : null;
  if (promise !== "rseq-restart") return null;
  return role === "aimed" ? "restarted" : "spared";
}

/** Whether a verdict says something about the machine, and not only about the test. */
export function isTold(verdict: RseqVerdict): boolean {
  return verdict !== "not-discriminable" && verdict !== "starved";
}
