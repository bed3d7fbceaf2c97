/** Values, changes and verdicts of comparisons in words. */

import { crewOf } from "../experiments/run/words.ts";
import type { Tone } from "../text/style.ts";
import { formatNs, formatShare } from "../text/units.ts";
import type { CostComparison } from "../experiments/cost/cost_comparison.ts";
import { isChange, OF_THESE_RUNS, VERDICT_WORDS } from "../judgement/judge.ts";
import type { Estimate, Judgement, TimeVerdict } from "../judgement/judgement.ts";
import type { Comparison, EnvironmentDifference, FigureComparison } from "./comparison.ts";

/** What became faster, slower, or sends other interrupts. */
export function timeChanges({ cost, figures }: Comparison): { text: string; tone: Tone }[] {
  return [
    ...cost.filter(isFinding).map((row) => ({
      text: `${row.technique}, ${crewOf(row)}: ${row.words}`,
      tone: row.interruptsChanged ? "bad" as const : TONES[row.verdict],
    })),
    ...figures.filter(({ verdict }) => isChange(verdict)).map((row) => ({
      text: `${row.experiment}: ${row.subject}, ${row.figure}: ${row.words}`,
      tone: TONES[row.verdict],
    })),
  ];
}

/** {@linkcode timeChanges}, and how much could not be told. */
export function timeFindings(comparison: Comparison): { text: string; tone: Tone }[] {
  const { cost, timeBarriers } = comparison;
  const told = timeChanges(comparison);
  if (timeBarriers.length > 0 || cost.length === 0) return told;
  const count = (verdict: TimeVerdict): number =>
    cost.filter((row) => row.verdict === verdict).length;
  const verdicts = ["slower", "faster", "no-change", "too-noisy", "not-compared"] as const;
  const sums = verdicts.filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${VERDICT_WORDS[verdict]}`);
  const hasty = comparison.left.length + comparison.right.length === 2 &&
    cost.some((row) => isChange(row.verdict));
  const caution = hasty ? `: ${OF_THESE_RUNS}` : "";
  return [...told, { text: `cost, by the median: ${sums.join(", ")}${caution}`, tone: "plain" }];
}

function isFinding(row: CostComparison): boolean {
  return row.interruptsChanged || (row.left.reason === null) !== (row.right.reason === null) ||
    row.quantiles.some(({ verdict }) => isChange(verdict));
}

/** How a verdict is coloured; a slower machine is no failure. */
export const TONES: Readonly<Record<TimeVerdict, Tone>> = {
  "faster": "good",
  "slower": "doubtful",
  "no-change": "plain",
  "too-noisy": "faint",
  "needs-runs": "faint",
  "not-compared": "faint",
};

const SHORT_FROM: Record<NonNullable<Judgement["thresholdFrom"]>, string> = {
  "minimum": "min",
  "clock-step": "clock",
  "within-runs": "noise",
  "between-runs": "runs",
};

/** How great a change has to be, and why: "5.0 % min"; of a share in points, "1.0 points min". */
export function thresholdOf(
  judgement: Judgement & { unit?: FigureComparison["unit"] } | null,
): string {
  if (judgement === null || judgement.thresholdFrom === null) return "";
  const { threshold, thresholdFrom, unit } = judgement;
  const size = threshold === null
    ? "none"
    : unit === "share"
    ? `${(threshold * 100).toFixed(1)} points`
    : formatShare(threshold);
  return `${size} ${SHORT_FROM[thresholdFrom]}`;
}

/** Interrupts per operation on both sides: "1.00 → 0.00", or one figure where they are the same. */
export function interruptsOf({ left, right }: CostComparison): string {
  const [from, to] = [left.ipisPerOp, right.ipisPerOp].map((one) => one?.toFixed(2) ?? "n/a");
  if (from === to) return from!;
  return `${from} → ${to}`;
}

/** "15.9 µs (15.8 to 16.1)": the interval in the unit of the value where that is shorter. */
export function formatEstimate(estimate: Estimate | null): string {
  if (estimate === null) return "–";
  const value = formatNs(estimate.value);
  if (estimate.low === null && estimate.high === null) return value;
  const unit = value.split(" ")[1]!;
  const end = (bound: number | null): string => {
    if (bound === null) return "?";
    const text = formatNs(bound);
    return text.endsWith(` ${unit}`) ? text.slice(0, -unit.length - 1) : text;
  };
  return `${value} (${end(estimate.low)} to ${end(estimate.high)})`;
}

/** "1.10 (1.05 to 1.15)". */
export function formatRatio(ratio: Judgement["ratio"]): string {
  if (ratio === null) return "";
  const text = (value: number | null): string =>
    value === null ? "?" : value >= 100 || value < 0.1 ? value.toPrecision(3) : value.toFixed(2);
  if (ratio.low === null && ratio.high === null) return text(ratio.value);
  return `${text(ratio.value)} (${text(ratio.low)} to ${text(ratio.high)})`;
}

/** A rate, share or time with its interval where that is known. */
export function formatFigure(
  { unit }: FigureComparison,
  estimate: Estimate | null,
): string {
  if (estimate === null) return "–";
  if (unit === "ns") return formatEstimate(estimate);
  if (unit === "share") return estimate.value === 0 ? "0 %" : formatShare(estimate.value);
  const text = estimate.value.toPrecision(4);
  return unit === "times" ? `${text} times` : `${Number(text).toLocaleString("en")}/s`;
}

/** Values longer than this are shown by where they differ. */
const LONG = 60;

/** Both values; long ones, such as command lines, by the words that only one side has. */
export function shortened({ left, right }: EnvironmentDifference): [string, string] {
  const [from, to] = [left.join(" | "), right.join(" | ")];
  if (Math.max(from.length, to.length) <= LONG) return [from, to];
  const [own, other] = [new Set(from.split(/\s+/)), new Set(to.split(/\s+/))];
  const only = (words: Set<string>, than: Set<string>): string => {
    const rest = [...words].filter((word) => !than.has(word)).join(" ");
    if (rest === "") return "(nothing besides)";
    return rest.length > LONG ? `… ${rest.slice(0, LONG)}…` : `… ${rest}`;
  };
  const texts: [string, string] = [only(own, other), only(other, own)];
  return texts[0] === texts[1] ? [from.slice(0, LONG), to.slice(0, LONG)] : texts;
}
