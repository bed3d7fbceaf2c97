import type { CostComparison, QuantileComparison } from "../experiments/cost/cost_comparison.ts";
import { isChange, OF_THESE_RUNS, VERDICT_WORDS } from "../judgement/judge.ts";
import type { Estimate, Judgement, TimeVerdict } from "../judgement/judgement.ts";
import type { Comparison, FigureComparison } from "./comparison.ts";
import { printable } from "../text/printable.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../text/style.ts";
import { type Column, renderTable } from "../document/table.ts";
import { formatCount, formatNs, formatShare } from "../text/units.ts";

/** A line of the table: one quantile of a technique. */
interface Line {
  row: CostComparison;
  /** `null`: a side has no samples. */
  quantile: QuantileComparison | null;
  /** Whether it is the first line of its technique. */
  first: boolean;
}

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

/** "1 caller, 3 siblings, same-cache". */
export function crewOf(
  { callers, siblings, placement }: Pick<CostComparison, "callers" | "siblings" | "placement">,
): string {
  const place = placement === "none" ? "" : `, ${placement}`;
  return `${formatCount(callers, "caller")}, ${formatCount(siblings, "sibling")}${place}`;
}

/** The cost of all techniques side by side, a table for each crew. */
export function renderCostComparison(
  { cost, timeBarriers }: Comparison,
  options: RenderOptions,
): string {
  const crews = new Map<string, CostComparison[]>();
  for (const row of cost) crews.set(crewOf(row), [...crews.get(crewOf(row)) ?? [], row]);
  const timed = timeBarriers.length === 0;
  const stamp = timed ? [] : [paint("times shown, not compared: see Doubts", "bad", options)];
  return [...crews].map(([crew, rows]) => {
    const lines = rows.flatMap((row): Line[] =>
      row.quantiles.length === 0
        ? [{ row, quantile: null, first: true }]
        : row.quantiles.map((quantile, at) => ({ row, quantile, first: at === 0 }))
    );
    const notes = rows.filter(({ notes }) => notes.length > 0).map(({ technique, notes }) =>
      `  ${wrap(printable(`${technique}: ${notes.join("; ")}`), options.width, 4)}`
    );
    const heading = paint(printable(`Cost of one operation: ${crew}`), "strong", options);
    return [...stamp, heading, renderTable(costColumns(timed, options), lines, options), ...notes]
      .join("\n");
  }).join("\n\n");
}

function costColumns(timed: boolean, options: RenderOptions): Column<Line>[] {
  const side = (name: "left" | "right"): Column<Line> => ({
    title: `${name} (95 %)`,
    right: true,
    text: ({ row, quantile }) =>
      quantile === null ? row[name].reason ?? "-" : formatEstimate(quantile[name], options),
  });
  const columns: Column<Line>[] = [
    { title: "technique", text: ({ row, first }) => first ? row.technique : "" },
    { title: "", text: ({ quantile }) => quantile?.quantile ?? "" },
    side("left"),
    side("right"),
  ];
  const interrupts: Column<Line> = {
    title: "IPIs/op",
    right: true,
    text: ({ row, first }) => first ? interruptsOf(row, options) : "",
    tone: ({ row }) => row.interruptsChanged ? "bad" : "plain",
    dispensable: 1,
  };
  if (!timed) return [...columns, interrupts];
  return [
    ...columns,
    ...judgementColumns((line: Line) => line.quantile),
    {
      title: "delta",
      right: true,
      text: ({ row, first }) => first && row.effect !== null ? row.effect.delta.toFixed(2) : "",
      dispensable: 2,
    },
    interrupts,
    verdictColumn((line: Line) => line.quantile?.verdict ?? "not-compared"),
  ];
}

function judgementColumns<Row>(of: (row: Row) => Judgement | null): Column<Row>[] {
  return [
    {
      title: "ratio (95 %)",
      right: true,
      text: (row) => formatRatio(of(row)?.ratio ?? null),
    },
    {
      title: "threshold",
      right: true,
      text: (row) => thresholdOf(of(row)),
    },
  ];
}

function verdictColumn<Row>(of: (row: Row) => TimeVerdict): Column<Row> {
  return {
    title: "verdict",
    text: (row) => VERDICT_WORDS[of(row)],
    tone: (row) => TONES[of(row)],
  };
}

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
export function interruptsOf({ left, right }: CostComparison, options: RenderOptions): string {
  const [from, to] = [left.ipisPerOp, right.ipisPerOp].map((one) => one?.toFixed(2) ?? "n/a");
  if (from === to) return from!;
  return `${from} ${options.unicode === false ? ">" : "→"} ${to}`;
}

/** "15.9 µs (15.8 to 16.1)": the interval in the unit of the value where that is shorter. */
export function formatEstimate(estimate: Estimate | null, options: RenderOptions): string {
  if (estimate === null) return "-";
  const value = formatNs(estimate.value, options);
  if (estimate.low === null && estimate.high === null) return value;
  const unit = value.split(" ")[1]!;
  const end = (bound: number | null): string => {
    if (bound === null) return "?";
    const text = formatNs(bound, options);
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

/** Rates, shares and medians without samples, side by side. */
export function renderFigures(
  { figures, timeBarriers }: Comparison,
  options: RenderOptions,
): string {
  if (figures.length === 0) return "";
  const value = (name: "left" | "right"): Column<FigureComparison> => ({
    title: name,
    right: true,
    text: (row) => formatFigure(row, row[name], options),
  });
  const columns: Column<FigureComparison>[] = [
    { title: "experiment", text: (row) => row.experiment },
    { title: "about", text: (row) => row.subject },
    { title: "figure", text: (row) => row.figure },
    value("left"),
    value("right"),
  ];
  if (timeBarriers.length === 0) {
    columns.push(
      ...judgementColumns((row: FigureComparison) => row),
      verdictColumn((row: FigureComparison) => row.verdict),
    );
  }
  return [
    paint("Rates, shares and medians", "strong", options),
    renderTable(columns, figures, options),
  ].join("\n");
}

/** A rate, share or time with its interval where that is known. */
export function formatFigure(
  { unit }: FigureComparison,
  estimate: Estimate | null,
  options: RenderOptions,
): string {
  if (estimate === null) return "-";
  if (unit === "ns") return formatEstimate(estimate, options);
  if (unit === "share") return estimate.value === 0 ? "0 %" : formatShare(estimate.value);
  const text = estimate.value.toPrecision(4);
  return unit === "times" ? `${text} times` : `${Number(text).toLocaleString("en")}/s`;
}
