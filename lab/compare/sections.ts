/** What people read of a comparison: what differs between the places first, then what changed. */

import {
  type Block,
  type CellColumn,
  group,
  heading,
  labelled,
  list,
  only,
  paragraph,
  type Section,
  tableOf,
  type Text,
} from "../document/blocks.ts";
import { clip } from "../experiments/run/host_view.ts";
import { crewOf } from "../experiments/run/words.ts";
import { formatCount } from "../text/units.ts";
import type { CostComparison, QuantileComparison } from "../experiments/cost/cost_comparison.ts";
import { VERDICT_WORDS } from "../judgement/judge.ts";
import type { Judgement } from "../judgement/judgement.ts";
import type {
  Comparison,
  EnvironmentDifference,
  FigureComparison,
  RunLabel,
  StatementComparison,
  WarningDifference,
} from "./comparison.ts";
import {
  formatEstimate,
  formatFigure,
  formatRatio,
  interruptsOf,
  shortened,
  thresholdOf,
  timeFindings,
  TONES,
} from "./words.ts";

/** What a run says at length is cut there. */
const LONGEST = 400;

/** More runs than this are counted instead of named. */
const NAMED_RUNS = 4;

/**
 * The sections in their order; without `--all` statements that did not change are counted.
 *
 * @param emulated A side is: it says so wherever its times stand.
 */
export function compareSections(comparison: Comparison, emulated: boolean): Section[] {
  const { timeBarriers, rules } = comparison;
  return [
    section("compared", "Compared", sides(comparison)),
    section("environment", "What differs in host and environment", environment(comparison)),
    section("doubts", "Doubts", doubts(comparison)),
    section("findings", "Findings", findings(comparison)),
    section("cost", "Cost of one operation", costs(comparison, emulated), false),
    section("figures", "Rates, shares and medians", figures(comparison, emulated), false),
    section("statements", "Verdicts, answers and observations", statements(comparison)),
    section("only", "Not on both sides", onlyThere(comparison)),
    section(
      "rules",
      "How verdicts are reached",
      timeBarriers.length > 0 ? [] : [
        group("Rules", [list(rules.words.map((text) => ({ text, tone: "faint" })))], true, ""),
      ],
    ),
  ].filter(({ blocks }) => blocks.length > 0);
}

/** @param titled In a terminal; tables with headings of their own need no title there. */
function section(id: string, title: string, blocks: readonly Block[], titled = true): Section {
  const first = blocks.length > 0 && titled ? [heading(title)] : [];
  return { id, title, blocks: [...first, ...blocks] };
}

/** Terminals alone: pages have a form that says it. */
function sides({ left, right }: Comparison): Block[] {
  return [labelled([["left", sideText(left)], ["right", sideText(right)]])];
}

function sideText(runs: readonly RunLabel[]): string {
  const named = runs.slice(0, NAMED_RUNS).map(({ id }) => id).join(", ");
  const more = runs.length > NAMED_RUNS ? `, … (${runs.length} runs)` : "";
  const places = [...new Set(runs.map(({ host, kernel }) => `${host}, Linux ${kernel}`))];
  return `${named}${more}: ${places.join("; ")}`;
}

function environment({ environment }: Comparison): Block[] {
  if (environment.length === 0) return [paragraph("nothing that is known")];
  const columns: CellColumn<EnvironmentDifference>[] = [
    { title: "what", cell: ({ name }) => name },
    { title: "left", cell: (row) => shortened(row)[0] },
    { title: "right", cell: (row) => shortened(row)[1] },
  ];
  return [tableOf("Differences", environment, columns, false, "")];
}

/** Why times are not compared, and warnings that make results doubtful. */
function doubts({ timeBarriers, warnings, left, right, cost }: Comparison): Block[] {
  const single = timeBarriers.length === 0 && cost.length > 0 && left.length + right.length === 2;
  const points: Text[] = [
    ...timeBarriers.map((why): Text => ({
      text: `Times are shown, not compared: ${why}`,
      tone: "bad",
    })),
    ...single
      ? [{
        text: "One run on each side: what two runs alike differ by is not in the noise",
        tone: "doubtful" as const,
      }]
      : [],
    ...warnings.map(warningText),
  ];
  return points.length === 0 ? [] : [list(points)];
}

function warningText({ side, warning, runs }: WarningDifference): Text {
  const where = side === "both" ? "on both sides" : `on the ${side} only`;
  const grave = warning.invalidates ? ", INVALIDATES" : "";
  const message = clip(warning.message, LONGEST);
  return {
    text: `${warning.code}${grave} ${where} (${formatCount(runs, "run")}): ${message}`,
    tone: warning.invalidates ? "bad" : "doubtful",
  };
}

/** What changed, in words, the gravest first. */
function findings(comparison: Comparison): Block[] {
  const grave = comparison.statements.filter((row) => row.grave).map((row): Text => ({
    text: `${row.experiment}: ${row.subject}: ${row.left} before, ${row.right} now: ${row.words}`,
    tone: "bad",
  }));
  const all = [...grave, ...timeFindings(comparison)];
  return [all.length === 0 ? paragraph("none") : list(all)];
}

/** A line of a cost table: one quantile of a technique. */
interface CostLine {
  readonly row: CostComparison;
  /** `null`: a side has no samples. */
  readonly quantile: QuantileComparison | null;
  /** Whether it is the first line of its technique. */
  readonly first: boolean;
}

/** The cost of all techniques side by side, a table for each crew. */
function costs({ cost, timeBarriers }: Comparison, emulated: boolean): Block[] {
  const timed = timeBarriers.length === 0;
  return [...Map.groupBy(cost, crewOf)].flatMap(([crew, rows]): Block[] => {
    const lines = rows.flatMap((row): CostLine[] =>
      row.quantiles.length === 0
        ? [{ row, quantile: null, first: true }]
        : row.quantiles.map((quantile, at) => ({ row, quantile, first: at === 0 }))
    );
    const notes = rows.filter(({ notes }) => notes.length > 0)
      .map(({ technique, notes }) => `${technique}: ${notes.join("; ")}`);
    const caption = `Cost of one operation: ${crew}`;
    return [
      tableOf(caption, lines, costColumns(timed), emulated),
      ...timed ? [] : [paragraph("times shown, not compared: see Doubts", "bad")],
      ...notes.length === 0 ? [] : [list(notes)],
    ];
  });
}

function costColumns(timed: boolean): CellColumn<CostLine>[] {
  const side = (name: "left" | "right"): CellColumn<CostLine> => ({
    title: `${name} (95 %)`,
    right: true,
    cell: ({ row, quantile }) =>
      quantile === null ? clip(row[name].reason ?? "–", 80) : formatEstimate(quantile[name]),
  });
  const columns: CellColumn<CostLine>[] = [
    {
      title: "technique",
      // Readers of a page may land in any of its rows
      cell: ({ row, first }) =>
        first ? row.technique : { text: row.technique, short: "", tone: "faint" },
    },
    {
      title: "quantile",
      short: "",
      cell: ({ quantile }) => quantile?.quantile ?? { text: "–", short: "" },
    },
    side("left"),
    side("right"),
  ];
  const interrupts: CellColumn<CostLine> = {
    title: "IPIs/op",
    right: true,
    cell: ({ row, first }) => ({
      text: first ? interruptsOf(row) : "",
      tone: row.interruptsChanged ? "bad" : "plain",
    }),
    dispensable: 1,
  };
  if (!timed) return [...columns, interrupts];
  const [ratio, threshold, verdict] = judgementColumns((line: CostLine) => line.quantile);
  return [
    ...columns,
    ratio,
    threshold,
    {
      title: "delta",
      right: true,
      cell: ({ row, first }) => first && row.effect !== null ? row.effect.delta.toFixed(2) : "",
      dispensable: 2,
    },
    interrupts,
    verdict,
  ];
}

function judgementColumns<Row>(
  of: (row: Row) => Judgement | null,
): [CellColumn<Row>, CellColumn<Row>, CellColumn<Row>] {
  return [
    { title: "ratio (95 %)", right: true, cell: (row) => formatRatio(of(row)?.ratio ?? null) },
    { title: "threshold", right: true, cell: (row) => thresholdOf(of(row)) },
    {
      title: "verdict",
      cell: (row) => {
        const verdict = of(row)?.verdict ?? "not-compared";
        return { text: VERDICT_WORDS[verdict], tone: TONES[verdict] };
      },
    },
  ];
}

/** Rates, shares and medians without samples, side by side. */
function figures({ figures, timeBarriers }: Comparison, emulated: boolean): Block[] {
  if (figures.length === 0) return [];
  const side = (name: "left" | "right"): CellColumn<FigureComparison> => ({
    title: name,
    right: true,
    cell: (row) => formatFigure(row, row[name]),
  });
  const columns: CellColumn<FigureComparison>[] = [
    { title: "experiment", cell: ({ experiment }) => experiment },
    { title: "about", cell: ({ subject }) => subject },
    { title: "figure", cell: ({ figure }) => figure },
    side("left"),
    side("right"),
    ...timeBarriers.length === 0 ? judgementColumns((row: FigureComparison) => row) : [],
  ];
  return [
    tableOf(
      "Figures without stored samples",
      figures,
      columns,
      emulated,
      "Rates, shares and medians",
    ),
  ];
}

function statements({ statements }: Comparison): Block[] {
  if (statements.length === 0) return [];
  const columns: CellColumn<StatementComparison>[] = [
    { title: "experiment", cell: ({ experiment }) => experiment },
    { title: "about", cell: ({ subject }) => clip(subject, LONGEST) },
    { title: "left", cell: ({ left }) => clip(left ?? "–", LONGEST) },
    { title: "right", cell: ({ right }) => clip(right ?? "–", LONGEST) },
    {
      title: "meaning",
      cell: ({ words, grave }) => ({ text: words, tone: grave ? "bad" : "plain" }),
    },
  ];
  const table = (caption: string, rows: readonly StatementComparison[], of = columns): Block[] =>
    rows.length === 0 ? [] : [tableOf(caption, rows, of, false, "")];
  const same = statements.filter(({ changed }) => !changed);
  const changed = table("What is not the same", statements.filter((row) => row.changed));
  const unchanged = table("What is the same", same, columns.slice(0, -1));
  return [
    ...changed.map((block) => only(["page", "brief"], block)),
    ...table("All", statements).map((block) => only(["full"], block)),
    paragraph(`${same.length} of ${statements.length} the same`),
    ...unchanged.length === 0 ? [] : [only(["page"], group("What is the same", unchanged, true))],
  ];
}

function onlyThere({ onlyLeft, onlyRight }: Comparison): Block[] {
  const points = [["left", onlyLeft] as const, ["right", onlyRight] as const]
    .filter(([, names]) => names.length > 0)
    .map(([side, names]) => `on the ${side} only: ${names.join(", ")}`);
  return points.length === 0 ? [] : [list(points)];
}
