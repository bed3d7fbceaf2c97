/** What people read about ordering: verdicts, each with what it rests on. */

import {
  type Block,
  type CellColumn,
  intro,
  list,
  only,
  PAGE,
  paragraph,
  type ReportTable,
  type Section,
  tableOf,
  TERMINAL,
  terms,
} from "../../document/blocks.ts";
import { formatShare, shareAtMost } from "../../text/units.ts";
import type { HostView } from "../run/host_view.ts";
import {
  byReason,
  perOperation,
  resultsOf,
  sectionOf,
  time,
  VERDICT_TERMS,
  verdictText,
} from "../run/words.ts";
import { OTHER_PAIRS, TSO } from "./arrangements.ts";
import { evidenceOf } from "./evidence.ts";
import type { OrderingResult } from "./ordering_schema.ts";
import { pairsBlocks } from "./pairs_section.ts";
import { LACKS, lacksOf } from "./power.ts";
import { mutationScore } from "./score.ts";
import { shapesBlocks } from "./shapes_section.ts";

/** Verdicts about ordering, host by host. */
export function orderingSection(hosts: readonly HostView[]): Section | null {
  return sectionOf(hosts, {
    id: "ordering",
    title: "Does it order memory? Verdicts and their evidence",
    blocks: [
      intro(
        "Two threads each store to one variable and load from the other's. If the technique works, " +
          "at least one of them sees the other's store; the outcome in which neither does is what " +
          "a fence forbids. The sibling has nothing but a compiler barrier, and its store buffer " +
          "is filled with slow stores half of the time, so that missing order shows. The caller's own " +
          "order is tested the other way round: its store buffer is filled, and the sibling fences.",
      ),
      terms(
        ...VERDICT_TERMS,
        { term: "light side", meaning: "who it is and what it does while the technique is called" },
        { term: "forbidden", meaning: "turns with the outcome that a fence forbids, of all turns" },
        {
          term: "power",
          meaning:
            "how often a delay as long as those very calls, which orders nothing, fails in " +
            "turns with them: the chance to notice a call that does not order",
        },
        {
          term: "failing calls",
          meaning: "with 95 % confidence a smaller share of calls than that does not order, if " +
            "those that fail last as long as others",
        },
        {
          term: "witness, delay's",
          meaning:
            "share of operations in which the sibling noticed that the kernel was entered; " +
            "the same for the delay, where nobody enters it",
        },
        {
          term: "cost, clogged",
          meaning: "median of the operation, and in the turns that count, with store buffers " +
            "that are full half of the time",
        },
        { term: "clog", meaning: "the slow stores before each store under test" },
        { term: "mutant", meaning: "a technique broken on purpose, which the test has to catch" },
      ),
    ],
  }, (host) => [...verdicts(host), ...shapesBlocks(host)]);
}

interface Part {
  readonly heading: string;
  readonly roles: readonly OrderingResult["role"][];
}

const PARTS: readonly Part[] = [
  {
    heading: "Ordering: does the technique order a running sibling's memory accesses?",
    roles: ["control", "technique"],
  },
  {
    heading: "The caller's own order: its store buffer is full, the sibling fences",
    roles: ["caller"],
  },
  { heading: "The same calls without their interrupt", roles: ["mechanism"] },
  { heading: "Scenarios of kernel/sched/membarrier.c", roles: ["scenario"] },
  { heading: "Broken on purpose (mutants)", roles: ["mutant"] },
];

/** On pages alone: terminals have the man page's table of them. */
const PAIRS: Part = { heading: "The pairs, each with its evidence", roles: ["pair"] };

function verdicts(host: HostView): Block[] {
  const results = resultsOf(host, "ordering");
  const [own, callers, mechanisms, ...others] = PARTS.map((part) => partOf(host, part, results));
  return [
    ...own!,
    ...callers!,
    ...otherPairs(host, results),
    ...mechanisms!,
    ...pairsBlocks(results, host.label),
    ...tables(host, PAIRS, results).map((table) => only(PAGE, table)),
    ...others.flat(),
    ...score(results),
  ];
}

function tables(
  { label, run }: HostView,
  { heading, roles }: Part,
  results: readonly OrderingResult[],
): ReportTable[] {
  const rows = results.filter(({ role }) => roles.includes(role));
  if (rows.length === 0) return [];
  const same = new Set(rows.map(({ arrangement }) => arrangement)).size === 1;
  const columns = COLUMNS.filter(({ title }) => !same || title !== "light side");
  return [tableOf(`${heading}, on ${label}`, rows, columns, run.host.emulated, heading)];
}

function partOf(host: HostView, part: Part, results: readonly OrderingResult[]): Block[] {
  const rows = results.filter(({ role }) => part.roles.includes(role));
  if (rows.length === 0) return [];
  const reasons = byReason(
    rows.filter(surprises),
    ({ technique, arrangement }) =>
      `${technique}${arrangement === "sibling" ? "" : ` (${arrangement})`}`,
    ({ why }) => why,
  );
  const old = rows.some(({ counted }) => lacksOf(counted) !== null);
  return [
    ...tables(host, part, results),
    ...old ? [paragraph(`Verdicts of an older fencelab: ${LACKS}`, "doubtful")] : [],
    ...rows.filter(({ verdict, holds }) => verdict === "ordered" && holds !== undefined)
      .map(({ technique, arrangement, holds }) =>
        only(["full"], paragraph(`${technique} (${arrangement}), ${holds}`, "faint"))
      ),
    ...scopeOf(rows),
    ...reasons.map((why) => only(TERMINAL, paragraph(why, "faint"))),
    only(["full"], list(rows.map(({ observation }) => observation))),
  ];
}

/** Whether a row has not the verdict that one might expect. */
function surprises({ verdict, expected, role }: OrderingResult): boolean {
  return verdict !== "ordered" && role !== "mutant" &&
    !(verdict === "not-ordered" && expected === verdict);
}

const COLUMNS: readonly CellColumn<OrderingResult>[] = [
  { title: "technique", cell: ({ technique }) => technique },
  { title: "light side", cell: ({ arrangement }) => arrangement },
  {
    title: "verdict",
    cell: ({ verdict, expected, counted }) =>
      lacksOf(counted) === null || verdict !== "ordered"
        ? verdictText(verdict, expected)
        : { text: `${verdict} (${LACKS})`, short: `${verdict}?`, tone: "doubtful" },
  },
  { title: "forbidden", right: true, cell: ({ weak, iterations }) => `${weak} of ${iterations}` },
  { title: "power", right: true, cell: ({ power }) => power === 0 ? "0" : formatShare(power) },
  {
    title: "failing calls",
    short: "failing",
    right: true,
    cell: ({ bound, counted }) =>
      bound === null || lacksOf(counted) !== null ? "–" : `< ${shareAtMost(bound)}`,
  },
  {
    title: "IPIs/op",
    right: true,
    cell: (row) => perOperation(evidenceOf(row).interruptsPerOp),
  },
  { title: "witness", right: true, cell: (row) => share(evidenceOf(row).witness) },
  {
    title: "delay's",
    right: true,
    cell: (row) => share(evidenceOf(row).witnessOfDelay),
    dispensable: 4,
  },
  {
    title: "cost, clogged",
    right: true,
    cell: (row) => `${time(evidenceOf(row).costNs)}, ${time(evidenceOf(row).cloggedNs)}`,
    dispensable: 1,
  },
  {
    title: "clog",
    cell: ({ counted: { clog } }) => clog.kind === "none" ? "none" : `${clog.kind} ×${clog.count}`,
    dispensable: 3,
  },
  { title: "why, and for what", cell: ({ why, holds }) => holds ?? why, only: PAGE },
];

/** What all the ordered rows of a table hold for, in a terminal: each row says the rest. */
function scopeOf(rows: readonly OrderingResult[]): Block[] {
  const scopes = rows.filter(({ verdict }) => verdict === "ordered")
    .flatMap(({ holds }) => holds?.split(":")[0] ?? []);
  return [...new Set(scopes)].map((scope) =>
    only(
      TERMINAL,
      paragraph(
        `'ordered' holds for ${scope}, and for calls but the share 'failing', with 95 % confidence`,
        "faint",
      ),
    )
  );
}

/** The light side's pairs of accesses that are not tested where the architecture keeps them. */
function otherPairs(
  { label, run }: HostView,
  results: readonly OrderingResult[],
): Block[] {
  if (results.length === 0 || !TSO.includes(run.host.arch)) return [];
  const heading = "The sibling's other pairs of accesses";
  const columns: CellColumn<{ readonly name: string }>[] = [
    { title: "pair", cell: ({ name }) => name },
    { title: "order", cell: () => `the architecture keeps it (${run.host.arch})` },
  ];
  return [tableOf(`${heading}, on ${label}`, OTHER_PAIRS, columns, false, heading)];
}

function share(value: number | null): string {
  return value === null ? "–" : formatShare(value);
}

function score(results: readonly OrderingResult[]): Block[] {
  const counted = mutationScore(results);
  if (counted === null) return [];
  const { caught, within, total, missed } = counted;
  const share = within === 0 ? "none within power" : formatShare(caught / within);
  const text = `Mutation score: ${share}: ${caught} caught of ${within} within the test's power, ` +
    `of ${total}${missed.length > 0 ? `; missed: ${missed.join(", ")}` : ""}`;
  return [paragraph(text, missed.length > 0 ? "bad" : "plain")];
}
