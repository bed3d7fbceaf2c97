/** A comparison as sections of blocks: what differs between the places first, then what changed. */

import type {
  Comparison,
  FigureComparison,
  WarningDifference,
} from "../../lab/compare/comparison.ts";
import type {
  CostComparison,
  QuantileComparison,
} from "../../lab/experiments/cost/cost_comparison.ts";
import { VERDICT_WORDS } from "../../lab/judgement/judge.ts";
import type { Judgement } from "../../lab/judgement/judgement.ts";
import { shortened } from "../../lab/compare/table.ts";
import {
  crewOf,
  formatEstimate,
  formatFigure,
  formatRatio,
  interruptsOf,
  thresholdOf,
  timeFindings,
  TONES,
} from "../../lab/compare/cost_table.ts";
import type { RenderOptions } from "../../lab/text/style.ts";
import { formatCount } from "../../lab/text/units.ts";
import {
  type Block,
  type CellColumn,
  group,
  list,
  paragraph,
  type Section,
  tableOf,
  type Text,
} from "../../lab/document/blocks.ts";
import { clip } from "../../lab/experiments/run/host_view.ts";

const OPTIONS: RenderOptions = { color: false, width: 200 };
/** What a run says at length is cut there. */
const LONGEST = 400;

/** The sections in their order; emulated sides say so wherever their times stand. */
export function compareSections(comparison: Comparison, emulated: boolean): Section[] {
  const sections = [
    environment(comparison),
    doubts(comparison),
    findings(comparison),
    costs(comparison, emulated),
    figures(comparison, emulated),
    statements(comparison),
    onlyThere(comparison),
    rules(comparison),
  ];
  return sections.filter((section) => section !== null);
}

function environment({ environment }: Comparison): Section {
  const rows = environment.map((row) => ({ name: row.name, sides: shortened(row) }));
  return {
    id: "environment",
    title: "What differs in host and environment",
    blocks: rows.length === 0 ? [paragraph("Nothing that is known.")] : [
      tableOf("Differences", rows, [
        { title: "what", cell: ({ name }) => name },
        { title: "base", cell: ({ sides }) => clip(sides[0], LONGEST) },
        { title: "with", cell: ({ sides }) => clip(sides[1], LONGEST) },
      ]),
    ],
  };
}

/** Why times are not compared, and what makes results doubtful. */
function doubts({ timeBarriers, warnings, left, right, cost }: Comparison): Section | null {
  const single = timeBarriers.length === 0 && cost.length > 0 && left.length + right.length === 2;
  const points: Text[] = [
    ...timeBarriers.map((why): Text => [
      { text: "Times are shown, not compared", tone: "bad" },
      `: ${why}.`,
    ]),
    ...single ? ["One run on each side: what two runs alike differ by is not in the noise."] : [],
    ...warnings.map(warningText),
  ];
  return points.length === 0 ? null : { id: "doubts", title: "Doubts", blocks: [list(points)] };
}

const SIDE_WORDS = { left: "the base only", right: "the other side only", both: "both sides" };

function warningText({ side, warning, runs }: WarningDifference): Text {
  const where = ` on ${SIDE_WORDS[side]} (${formatCount(runs, "run")}): `;
  return [
    { text: warning.code, tone: "strong" },
    ...warning.invalidates ? [{ text: " invalidates", tone: "bad" as const }] : [],
    `${where}${clip(warning.message, LONGEST)}`,
  ];
}

/** What changed, in words, the gravest first. */
function findings(comparison: Comparison): Section {
  const grave = comparison.statements.filter((row) => row.grave).map((row): Text => [
    { text: `${row.experiment}: ${row.subject}`, tone: "bad" },
    `: ${row.left} before, ${row.right} now: ${row.words}`,
  ]);
  const times = timeFindings(comparison).map(({ text, tone }): Text => ({ text, tone }));
  const all = [...grave, ...times];
  return {
    id: "findings",
    title: "Findings",
    blocks: [all.length === 0 ? paragraph("None.") : list(all)],
  };
}

interface CostLine {
  readonly row: CostComparison;
  readonly quantile: QuantileComparison | null;
  readonly first: boolean;
}

function costs(comparison: Comparison, emulated: boolean): Section | null {
  const { cost, timeBarriers } = comparison;
  if (cost.length === 0) return null;
  const timed = timeBarriers.length === 0;
  const crews = Map.groupBy(cost, crewOf);
  return {
    id: "cost",
    title: "Cost of one operation",
    blocks: [
      ...timed ? [] : [paragraph("Times are shown, not compared: see the doubts.", "bad")],
      ...[...crews].flatMap(([crew, rows]): Block[] => {
        const lines = rows.flatMap((row): CostLine[] =>
          row.quantiles.length === 0
            ? [{ row, quantile: null, first: true }]
            : row.quantiles.map((quantile, at) => ({ row, quantile, first: at === 0 }))
        );
        const notes = rows.filter(({ notes }) => notes.length > 0)
          .map(({ technique, notes }) => `${technique}: ${notes.join("; ")}`);
        const table = tableOf(`Cost with ${crew}`, lines, costColumns(timed), emulated);
        return notes.length === 0 ? [table] : [table, list(notes)];
      }),
    ],
  };
}

function costColumns(timed: boolean): CellColumn<CostLine>[] {
  const side = (title: string, name: "left" | "right"): CellColumn<CostLine> => ({
    title,
    right: true,
    cell: ({ row, quantile }) =>
      quantile === null
        ? clip(row[name].reason ?? "–", 80)
        : formatEstimate(quantile[name], OPTIONS),
  });
  const columns: CellColumn<CostLine>[] = [
    {
      title: "technique",
      cell: ({ row, first }) => first ? row.technique : { text: row.technique, tone: "faint" },
    },
    { title: "quantile", cell: ({ quantile }) => quantile?.quantile ?? "–" },
    side("base (95 %)", "left"),
    side("with (95 %)", "right"),
  ];
  const interrupts: CellColumn<CostLine> = {
    title: "IPIs/op",
    right: true,
    cell: ({ row, first }) =>
      !first
        ? ""
        : { text: interruptsOf(row, OPTIONS), tone: row.interruptsChanged ? "bad" : "plain" },
  };
  if (!timed) return [...columns, interrupts];
  return [
    ...columns,
    ...judgementColumns((line: CostLine) => line.quantile),
    {
      title: "delta",
      right: true,
      cell: ({ row, first }) => first && row.effect !== null ? row.effect.delta.toFixed(2) : "",
    },
    interrupts,
  ];
}

function judgementColumns<Row>(of: (row: Row) => Judgement | null): CellColumn<Row>[] {
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

function figures({ figures, timeBarriers }: Comparison, emulated: boolean): Section | null {
  if (figures.length === 0) return null;
  const side = (title: string, name: "left" | "right"): CellColumn<FigureComparison> => ({
    title,
    right: true,
    cell: (row) => formatFigure(row, row[name], OPTIONS),
  });
  return {
    id: "figures",
    title: "Rates, shares and medians",
    blocks: [
      tableOf("Figures without stored samples", figures, [
        { title: "experiment", cell: ({ experiment }) => experiment },
        { title: "about", cell: ({ subject }) => subject },
        { title: "figure", cell: ({ figure }) => figure },
        side("base", "left"),
        side("with", "right"),
        ...timeBarriers.length === 0 ? judgementColumns((row: FigureComparison) => row) : [],
      ], emulated),
    ],
  };
}

function statements({ statements }: Comparison): Section | null {
  if (statements.length === 0) return null;
  const columns: CellColumn<Comparison["statements"][number]>[] = [
    { title: "experiment", cell: ({ experiment }) => experiment },
    { title: "about", cell: ({ subject }) => clip(subject, LONGEST) },
    { title: "base", cell: ({ left }) => clip(left ?? "–", LONGEST) },
    { title: "with", cell: ({ right }) => clip(right ?? "–", LONGEST) },
  ];
  const changed = statements.filter((row) => row.changed);
  const same = statements.filter((row) => !row.changed);
  return {
    id: "statements",
    title: "Verdicts, answers and observations",
    blocks: [
      paragraph(`${same.length} of ${statements.length} are the same on both sides.`),
      ...changed.length === 0 ? [] : [
        tableOf("What is not the same", changed, [...columns, {
          title: "meaning",
          cell: ({ words, grave }): Text => ({ text: words, tone: grave ? "bad" : "plain" }),
        }]),
      ],
      ...same.length === 0
        ? []
        : [group("What is the same", [tableOf("What is the same", same, columns)], true)],
    ],
  };
}

function onlyThere({ onlyLeft, onlyRight }: Comparison): Section | null {
  const points = [
    ...onlyLeft.length === 0 ? [] : [`On the base only: ${onlyLeft.join(", ")}`],
    ...onlyRight.length === 0 ? [] : [`On the other side only: ${onlyRight.join(", ")}`],
  ];
  if (points.length === 0) return null;
  return { id: "only", title: "Not on both sides", blocks: [list(points)] };
}

function rules({ rules, timeBarriers }: Comparison): Section | null {
  if (timeBarriers.length > 0) return null;
  return {
    id: "rules",
    title: "How verdicts are reached",
    blocks: [group("Rules", [list(rules.words)], true)],
  };
}
