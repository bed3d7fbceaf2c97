/**
 * Doctor's findings as text.
 *
 * @module
 */
import { printable } from "../text/printable.ts";
import { canRun, type Check, type CheckState } from "./check.ts";

export type DoctorRenderOptions = {
  /** Whether to colour states with ANSI sequences. */
  color: boolean;
};

const COLORS: Record<CheckState, string> = { ok: "32", limited: "33", missing: "31" };

const STATES = ["ok", "limited", "missing"] as const;

/**
 * The report for a terminal: a line for each check, with reason and remedy below where there is
 * something to say, and a summary at the end.
 *
 * Text that comes from the host cannot move the cursor or change colours.
 *
 * @returns Lines, each ended by a newline.
 */
export function renderChecks(checks: readonly Check[], options: DoctorRenderOptions): string {
  const width = Math.max(0, ...checks.map((check) => printable(check.title).length));
  const lines = checks.flatMap((check) => linesOf(check, width, options));
  return [...lines, "", ...summaryOf(checks), ""].join("\n");
}

/** Width of the longest state. */
const STATE_WIDTH = 7;

function linesOf(check: Check, width: number, { color }: DoctorRenderOptions): string[] {
  const padded = check.state.padEnd(STATE_WIDTH);
  const state = color ? `\x1b[${COLORS[check.state]}m${padded}\x1b[0m` : padded;
  const indent = " ".repeat(STATE_WIDTH + 2);
  const lines = [`${state}  ${printable(check.title).padEnd(width)}  ${printable(check.detail)}`];
  if (check.reason !== null) lines.push(`${indent}${printable(check.reason)}`);
  if (check.remedy !== null) lines.push(`${indent}Remedy: ${printable(check.remedy)}`);
  return lines;
}

function summaryOf(checks: readonly Check[]): string[] {
  const counts = STATES.map((state) =>
    `${checks.filter((check) => check.state === state).length} ${state}`
  );
  return [
    counts.join(", "),
    canRun(checks)
      ? "The local lab can run: deno task lab"
      : "Nothing can run here until the C core works",
  ];
}
