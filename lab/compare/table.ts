import type {
  Comparison,
  EnvironmentDifference,
  RunLabel,
  WarningDifference,
} from "./comparison.ts";
import { renderCostComparison, renderFigures, timeFindings } from "./cost_table.ts";
import { printable } from "../text/printable.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../text/style.ts";
import { type Column, renderTable } from "../document/table.ts";
import { formatCount } from "../text/units.ts";

/** Values longer than this are shown by where they differ. */
const LONG = 60;

/** More runs than this are counted instead of named. */
const NAMED_RUNS = 4;

/**
 * A comparison: what differs between the places first, then what changed in words, then the tables.
 *
 * Without `options.all` statements that did not change are counted.
 */
export function renderComparison(comparison: Comparison, options: RenderOptions): string {
  const blocks = [
    renderSides(comparison, options),
    renderEnvironmentDifferences(comparison.environment, options),
    renderDoubts(comparison, options),
    renderFindings(comparison, options),
    renderCostComparison(comparison, options),
    renderFigures(comparison, options),
    renderStatements(comparison, options),
    renderOnly(comparison, options),
    renderRules(comparison, options),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function renderSides({ left, right }: Comparison, options: RenderOptions): string {
  return [
    paint("Compared", "strong", options),
    `  left   ${sideText(left, options)}`,
    `  right  ${sideText(right, options)}`,
  ].join("\n");
}

function sideText(runs: readonly RunLabel[], options: RenderOptions): string {
  const named = runs.slice(0, NAMED_RUNS).map(({ id }) => id).join(", ");
  const more = runs.length > NAMED_RUNS ? `, … (${runs.length} runs)` : "";
  const places = [...new Set(runs.map(({ host, kernel }) => `${host}, Linux ${kernel}`))];
  return wrap(printable(`${named}${more}: ${places.join("; ")}`), options.width, 9);
}

/** Rows of the environment that differ; a line that says so if none does. */
export function renderEnvironmentDifferences(
  differences: readonly EnvironmentDifference[],
  options: RenderOptions,
): string {
  const heading = paint("What differs in host and environment", "strong", options);
  if (differences.length === 0) return `${heading}\n  nothing that is known`;
  const columns: Column<EnvironmentDifference>[] = [
    { title: "what", text: ({ name }) => name },
    { title: "left", text: (row) => shortened(row)[0] },
    { title: "right", text: (row) => shortened(row)[1] },
  ];
  return `${heading}\n${renderTable(columns, differences, options)}`;
}

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

/** Why times are not compared, and warnings that only one side bears. */
function renderDoubts(comparison: Comparison, options: RenderOptions): string {
  const { timeBarriers, warnings, left, right, cost } = comparison;
  const line = (text: string, tone: Tone): string =>
    `  ${paint(wrap(printable(text), options.width, 4), tone, options)}`;
  const lines = [
    ...timeBarriers.map((why) => line(`Times are shown, not compared: ${why}`, "bad")),
    ...timeBarriers.length === 0 && cost.length > 0 && left.length + right.length === 2
      ? [
        line("One run on each side: what two runs alike differ by is not in the noise", "doubtful"),
      ]
      : [],
    ...warnings.map((warning) => line(warningText(warning), toneOf(warning))),
  ];
  return lines.length === 0 ? "" : [paint("Doubts", "strong", options), ...lines].join("\n");
}

function warningText({ side, warning, runs }: WarningDifference): string {
  const where = side === "both" ? "on both sides" : `on the ${side} only`;
  const grave = warning.invalidates ? ", INVALIDATES" : "";
  return `${warning.code}${grave} ${where} (${formatCount(runs, "run")}): ${warning.message}`;
}

function toneOf({ warning }: WarningDifference): Tone {
  return warning.invalidates ? "bad" : "doubtful";
}

/** What changed, in words, the gravest first. */
function renderFindings(comparison: Comparison, options: RenderOptions): string {
  const { statements } = comparison;
  const grave = statements.filter((row) => row.grave).map((row) => ({
    text: `${row.experiment}: ${row.subject}: ${row.left} before, ${row.right} now: ${row.words}`,
    tone: "bad" as const,
  }));
  const findings = [...grave, ...timeFindings(comparison)];
  const heading = paint("Findings", "strong", options);
  if (findings.length === 0) return `${heading}\n  none`;
  const lines = findings.map(({ text, tone }) =>
    `  ${paint(wrap(printable(text), options.width, 4), tone, options)}`
  );
  return [heading, ...lines].join("\n");
}

function renderStatements({ statements }: Comparison, options: RenderOptions): string {
  if (statements.length === 0) return "";
  const shown = statements.filter((row) => row.changed || options.all === true);
  const same = statements.filter((row) => !row.changed).length;
  const parts = [paint("Verdicts, answers and observations", "strong", options)];
  const columns: Column<Comparison["statements"][number]>[] = [
    { title: "experiment", text: (row) => row.experiment },
    { title: "about", text: (row) => row.subject },
    { title: "left", text: (row) => row.left ?? "" },
    { title: "right", text: (row) => row.right ?? "" },
    { title: "meaning", text: (row) => row.words, tone: (row) => row.grave ? "bad" : "plain" },
  ];
  if (shown.length > 0) parts.push(renderTable(columns, shown, options));
  return [...parts, `  ${same} of ${statements.length} the same`].join("\n");
}

function renderOnly({ onlyLeft, onlyRight }: Comparison, options: RenderOptions): string {
  const line = (side: string, names: readonly string[]): string[] =>
    names.length === 0
      ? []
      : [`  ${wrap(printable(`on the ${side} only: ${names.join(", ")}`), options.width, 4)}`];
  const lines = [...line("left", onlyLeft), ...line("right", onlyRight)];
  return lines.length === 0
    ? ""
    : [paint("Not on both sides", "strong", options), ...lines].join("\n");
}

function renderRules({ rules, timeBarriers }: Comparison, options: RenderOptions): string {
  if (timeBarriers.length > 0) return "";
  const lines = rules.words.map((words) =>
    `  ${paint(wrap(printable(words), options.width, 4), "faint", options)}`
  );
  return [paint("How verdicts are reached", "strong", options), ...lines].join("\n");
}
