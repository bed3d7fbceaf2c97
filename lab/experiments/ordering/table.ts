import { verdictTone } from "../../format/verdict.ts";
import { evidenceOf } from "./evidence.ts";
import { mutationScore } from "./score.ts";
import type { Run } from "../run/run_schema.ts";
import type { OrderingResult } from "./ordering_schema.ts";
import { emulatedStamp } from "../run/emulated.ts";
import { renderPairs } from "./pairs_table.ts";
import { printable } from "../../text/printable.ts";
import { paint, type RenderOptions, wrap } from "../../text/style.ts";
import { type Column, renderTable } from "../../document/table.ts";
import { formatNs, formatShare } from "../../text/units.ts";

/** Parts of the experiment in the order in which they are shown. */
const PARTS: readonly { heading: string; roles: readonly OrderingResult["role"][] }[] = [
  {
    heading: "Ordering: does the technique order a running sibling's memory accesses?",
    roles: ["control", "technique"],
  },
  { heading: "The same calls without their interrupt", roles: ["mechanism"] },
  { heading: "Scenarios of kernel/sched/membarrier.c", roles: ["scenario"] },
  { heading: "Broken on purpose (mutants)", roles: ["mutant"] },
];

/**
 * The ordering results of a run: verdicts with power, bound and evidence, the man page's table, the
 * scenarios and the mutation score.
 *
 * @returns "" if the run has none.
 */
export function renderOrdering(run: Run, options: RenderOptions): string {
  const results = run.results.filter((result) => result.experiment === "ordering");
  if (results.length === 0) return "";
  const blocks = PARTS.flatMap(({ heading, roles }) => {
    const rows = results.filter(({ role }) => roles.includes(role));
    return rows.length === 0 ? [] : [renderPart(run, heading, rows, options)];
  });
  // The man page's table belongs between the controls and the scenarios
  blocks.splice(2, 0, ...renderPairs(results, options));
  return [...blocks, ...scoreLine(results, options)].join("\n\n");
}

function renderPart(
  run: Run,
  heading: string,
  rows: readonly OrderingResult[],
  options: RenderOptions,
): string {
  const parts = [
    ...emulatedStamp(run, options),
    paint(heading, "strong", options),
    renderTable(columnsFor(rows, options), rows, options),
    ...notesOf(rows, options),
  ];
  if (options.all) parts.push(...rows.map((row) => `  ${printable(row.observation)}`));
  return parts.join("\n");
}

function columnsFor(
  rows: readonly OrderingResult[],
  options: RenderOptions,
): Column<OrderingResult>[] {
  const same = new Set(rows.map(({ arrangement }) => arrangement)).size === 1;
  return [
    { title: "technique", text: ({ technique }) => technique },
    ...(same ? [] : [{
      title: "light side",
      text: ({ arrangement }: OrderingResult): string => arrangement,
    }]),
    {
      title: "verdict",
      text: ({ verdict }) => verdict,
      tone: ({ verdict, expected }) => verdictTone(verdict, expected),
    },
    {
      title: "forbidden",
      right: true,
      text: ({ weak, iterations }) => `${weak} of ${iterations}`,
    },
    {
      title: "power",
      right: true,
      text: ({ power }) => power === 0 ? "0" : formatShare(power),
    },
    {
      title: "bound",
      right: true,
      text: ({ bound }) => bound === null ? "-" : bound.toExponential(1),
      dispensable: 2,
    },
    {
      title: "IPIs/op",
      right: true,
      text: (row) => evidenceOf(row).interruptsPerOp?.toFixed(2) ?? "n/a",
    },
    {
      title: "witness",
      right: true,
      text: (row) => shareText(evidenceOf(row).witness),
    },
    {
      title: "delay's",
      right: true,
      text: (row) => shareText(evidenceOf(row).witnessOfDelay),
      dispensable: 4,
    },
    {
      title: "cost, clogged",
      right: true,
      text: (row) => {
        const { costNs, cloggedNs } = evidenceOf(row);
        return `${time(costNs, options)}, ${time(cloggedNs, options)}`;
      },
      dispensable: 1,
    },
    {
      title: "clog",
      text: ({ counted: { clog } }) =>
        clog.kind === "none" ? "none" : `${clog.kind} ×${clog.count}`,
      dispensable: 3,
    },
  ];
}

function shareText(value: number | null): string {
  return value === null ? "-" : formatShare(value);
}

function time(value: number | null, options: RenderOptions): string {
  return value === null ? "-" : formatNs(value, options);
}

/** Why a row has not the verdict that one might expect. */
function notesOf(rows: readonly OrderingResult[], options: RenderOptions): string[] {
  const byReason = new Map<string, string[]>();
  for (const { technique, arrangement, verdict, expected, role, why } of rows) {
    const unsurprising = verdict === "ordered" ||
      (verdict === "not-ordered" && expected === verdict) || role === "mutant";
    if (unsurprising) continue;
    const name = `${technique}${arrangement === "sibling" ? "" : ` (${arrangement})`}`;
    byReason.set(why, [...byReason.get(why) ?? [], name]);
  }
  return [...byReason].map(([why, names]) =>
    `  ${paint(wrap(printable(`${names.join(", ")}: ${why}`), options.width, 4), "faint", options)}`
  );
}

function scoreLine(results: readonly OrderingResult[], options: RenderOptions): string[] {
  const score = mutationScore(results);
  if (score === null) return [];
  const { caught, within, total, missed } = score;
  const share = within === 0 ? "none within power" : formatShare(caught / within);
  const text = `Mutation score: ${share}: ${caught} caught of ${within} within the test's power, ` +
    `of ${total}${missed.length > 0 ? `; missed: ${missed.join(", ")}` : ""}`;
  return [paint(printable(text), missed.length > 0 ? "bad" : "plain", options)];
}
