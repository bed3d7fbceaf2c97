/**
 * What a torture shows.
 *
 * A stale reader is proof, its absence is not: that is said only where the same threads show
 * stale readers when nothing orders them. Their control waits as long as the flavour's own heavy
 * fences did; how often its grace periods let a reader down is the chance to notice one that does
 * not order. Both sides count only grace periods for which a reader was seen to run.
 */

import { NO_POWER, type Power, powerBy } from "../../statistics/power.ts";
import { formatCount, smallShare } from "../../text/units.ts";
import { onCpus } from "../run/words.ts";
import type { RcuResult } from "./rcu_schema.ts";

/** A verdict about stale readers. */
export type TortureVerdict = NonNullable<RcuResult["verdict"]>;

/** What is concluded from a torture. */
export interface TortureJudgement {
  readonly verdict: TortureVerdict;
  /** Chance that a grace period shows that it does not order: lower end of its 95 % interval. */
  readonly power: number;
  /**
   * With 95 % confidence a smaller share of grace periods than that does not order; `null` where
   * stale readers were seen, or nothing can be said.
   */
  readonly bound: number | null;
  /** What the verdict holds for, in one sentence that stands wherever the verdict does. */
  readonly holds: string;
}

/** Stale readers that missing order would have caused, at least, for "none"; as for "ordered". */
const LEAST_EXPECTED = 20;

/** What tortures of fencelab before 0.2 lack: that they saw nothing says nothing. */
export const LACKS_CONTROL = "the same readers without fences";

type Counted = Pick<
  RcuResult,
  | "stale"
  | "reads"
  | "aimed"
  | "control"
  | "readers"
  | "writers"
  | "readerCpus"
  | "writerCpus"
>;

/**
 * How many stale readers missing order would have caused.
 *
 * One grace period that does not order may let each reader down once: it then counts as one.
 */
function powerOf({ control, readers, aimed = 0 }: Counted): Power {
  if (control === undefined) return NO_POWER;
  const rounds = control.rounds.map(({ gracePeriods, stale }) =>
    [gracePeriods, stale / readers] as const
  );
  return powerBy(rounds, aimed);
}

/**
 * Judges one torture that ran, and that no fence was left out of.
 *
 * @param kernel Its release, where it is known.
 */
export function judgeTorture(counted: Counted, kernel?: string): TortureJudgement {
  const { stale, reads, aimed, control } = counted;
  const power = powerOf(counted);
  const enough = power.expected >= LEAST_EXPECTED;
  const bound = stale > 0 ? null : power.excluded;
  const where = `${kernel === undefined ? "" : `Linux ${kernel}, `}${threadsOf(counted)}`;
  const seen = `${stale} of ${reads} sections held a freed object`;
  const judged = (verdict: TortureVerdict, words: string): TortureJudgement => ({
    verdict,
    power: power.rate,
    bound,
    holds: `${where}: ${words}`,
  });
  if (stale > 0) return judged("stale-readers", seen);
  if (control === undefined) {
    return judged(
      "not-discriminable",
      `not to be told, ${seen}, but this run lacks ${LACKS_CONTROL}, which would say whether ` +
        "any can be seen",
    );
  }
  const without = `the same readers without fences, whose writers wait as long instead, held ` +
    `${control.stale === 0 ? "none" : control.stale} in ${control.gracePeriods} grace periods`;
  if (!enough) {
    return judged(
      "not-discriminable",
      `not to be told, ${seen}, but ${without}: ${
        power.expected < 1 ? "less than one was" : `only ${Math.floor(power.expected)} were`
      } to be expected`,
    );
  }
  return judged(
    "no-stale-readers",
    `${seen}; ${without}, so with 95 % confidence fewer than ${
      smallShare(bound ?? 1)
    } of ${aimed} grace periods fail to order`,
  );
}

/** What is said of a result, by the run itself or now; `null` where it is no torture of a flavour. */
export function tortureOf(result: RcuResult, kernel?: string): TortureJudgement | null {
  const { mode, mutant, available, reads, verdict, power = 0, bound = null, holds } = result;
  if (mode !== "torture" || mutant || !available || reads === 0) return null;
  if (verdict === undefined || verdict === null || !holds) return judgeTorture(result, kernel);
  return { verdict, power, bound, holds };
}

/** "6 readers on CPUs 0-1, 2 writers on CPUs 0-1". */
export function threadsOf(
  { readers, writers, readerCpus, writerCpus }: Pick<
    RcuResult,
    "readers" | "writers" | "readerCpus" | "writerCpus"
  >,
): string {
  const read = `${formatCount(readers, "reader")}${onCpus(readerCpus)}`;
  return `${read}, ${formatCount(writers, "writer")}${onCpus(writerCpus)}`;
}
