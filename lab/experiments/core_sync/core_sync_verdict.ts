/**
 * The rules by which counts of stale calls become a verdict, as data with prose.
 *
 * A stale call is proof, its absence is not: "ordered" is said only where the same code without
 * any technique was seen stale often enough.
 */

import type { CoreSyncCounts } from "./core_sync_schema.ts";
import { notMeasuredWords } from "../../format/attempt_schema.ts";
import { findTechnique } from "../../format/techniques.ts";
import type { Expected, Verdict } from "../../format/verdict.ts";
import { rateInterval } from "../../statistics/rate_interval.ts";
import { formatNs } from "../../text/units.ts";

/** Numbers of the rules. */
export const CORE_SYNC_RULES = {
  /** Modifications below which nothing can be said. */
  leastModifications: 100,
  /** Share of modifications that the sibling may miss before it counts as starved. */
  unseenShare: 0.5,
  /** Stale modifications that no technique at all would have caused, at least, for "ordered". */
  expectedStale: 20,
} as const;

/** What a verdict rests on. */
export interface CoreSyncFacts {
  readonly arch: string;
  /** The CPU is emulated. */
  readonly emulated: boolean;
  readonly counts: CoreSyncCounts;
  /** The same without any technique; `null` if that could not be run. */
  readonly none: CoreSyncCounts | null;
  /** The same in the wrong order, which must be seen stale; `null` if that could not be run. */
  readonly publishFirst: CoreSyncCounts | null;
}

/** A verdict with its reason. */
export interface CoreSyncJudgement {
  readonly verdict: Verdict;
  /** Identifier of the rule. */
  readonly rule: string;
  readonly why: string;
}

interface Rule {
  readonly id: string;
  readonly verdict: Verdict;
  readonly applies: (facts: CoreSyncFacts) => boolean;
  readonly words: (facts: CoreSyncFacts) => string;
}

/**
 * Stale modifications to be expected at least, were the technique without effect: by the lower end
 * of the control's 95 % interval, since one stale call by luck is no rate. Only modifications that
 * the sibling called in time could have shown anything.
 */
function expectedStale({ counts: { modifications, unseen }, none }: CoreSyncFacts): number {
  if (none === null) return 0;
  return rateInterval(none.staleVersions, none.modifications).low * (modifications - unseen);
}

/** How long the sibling's load of the version lasts beside what replacing takes; "" if not told. */
function reach({ loadNs, maintenanceNs }: CoreSyncCounts): string {
  if (typeof loadNs !== "number" || typeof maintenanceNs !== "number") return "";
  return `; replacing took ${formatNs(maintenanceNs)}, the sibling's load of the ` +
    `version ${formatNs(loadNs)}`;
}

const staleOf = ({ stale, calls }: CoreSyncCounts): string => `${stale} of ${calls} calls`;

/** The first rule that applies gives the verdict. */
const rules: readonly Rule[] = [
  {
    id: "unavailable",
    verdict: "not-discriminable",
    applies: ({ counts }) => !counts.available,
    words: ({ counts }) => notMeasuredWords(counts),
  },
  {
    id: "starved",
    verdict: "starved",
    applies: ({ counts: { modifications, unseen, starved } }) =>
      starved || modifications < CORE_SYNC_RULES.leastModifications ||
      unseen > CORE_SYNC_RULES.unseenShare * modifications,
    words: ({ counts: { modifications, unseen, calls } }) =>
      `a thread did not get to run: ${calls} calls and ${modifications} modifications, ` +
      `${unseen} of which nobody called in time`,
  },
  {
    id: "blind",
    verdict: "not-discriminable",
    applies: ({ publishFirst }) => publishFirst === null || publishFirst.stale === 0,
    words: () =>
      "no call was seen stale although code was replaced after its publication: the test is blind",
  },
  {
    id: "emulated",
    verdict: "not-discriminable",
    applies: ({ emulated }) => emulated,
    words: ({ counts }) =>
      "an emulator with several threads runs replaced code although the program is correct " +
      `(its translation races with the store); ${staleOf(counts)} were stale, which says nothing ` +
      "about the technique",
  },
  {
    id: "stale",
    verdict: "not-ordered",
    applies: ({ counts }) => counts.stale > 0,
    words: ({ counts }) =>
      `${staleOf(counts)} ran code that had been replaced, after ${counts.staleVersions} of ` +
      `${counts.modifications} modifications`,
  },
  {
    id: "x86",
    verdict: "not-discriminable",
    applies: ({ arch }) => arch === "x86_64",
    words: () =>
      "x86 CPUs notice stores into code that they are about to run: without any technique no call " +
      "is stale either",
  },
  {
    id: "control",
    verdict: "not-discriminable",
    applies: (facts) => facts.none === null || facts.none.stale === 0,
    words: ({ none }) =>
      "without any technique no call was stale either: this host does not show what is to be " +
      `prevented${none === null ? "" : reach(none)}`,
  },
  {
    id: "power",
    verdict: "not-discriminable",
    applies: (facts) => expectedStale(facts) < CORE_SYNC_RULES.expectedStale,
    words: (facts) =>
      `without any technique ${facts.none?.staleVersions} of ${facts.none?.modifications} ` +
      "modifications were followed by a stale call, which lets too few be expected with it " +
      `(${Math.floor(expectedStale(facts))} at least) to conclude from their absence`,
  },
  {
    id: "ordered",
    verdict: "ordered",
    applies: () => true,
    words: (facts) =>
      `no stale call, where ${Math.floor(expectedStale(facts))} or more of ` +
      `${facts.counts.modifications} modifications would have been followed by one without any ` +
      "technique",
  },
];

/** The verdict about one technique. */
export function judgeCoreSync(facts: CoreSyncFacts): CoreSyncJudgement {
  const rule = rules.find((one) => one.applies(facts))!;
  return { verdict: rule.verdict, rule: rule.id, why: rule.words(facts) };
}

/** What documentation or construction says about a trial. */
export function expectedOfCoreSync({ order, technique }: CoreSyncCounts): Expected {
  if (order === "publish-first") return "not-ordered";
  return findTechnique(technique)?.promise === "ordering+core-sync" ? "ordered" : null;
}
