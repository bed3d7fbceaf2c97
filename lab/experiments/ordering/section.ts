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
import { formatShare } from "../../text/units.ts";
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
import { evidenceOf } from "./evidence.ts";
import type { OrderingResult } from "./ordering_schema.ts";
import { pairsBlocks } from "./pairs_section.ts";
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
          "is clogged with slow stores, so that missing order shows.",
      ),
      terms(
        ...VERDICT_TERMS,
        { term: "light side", meaning: "who it is and what it does while the technique is called" },
        { term: "forbidden", meaning: "turns with the outcome that a fence forbids, of all turns" },
        {
          term: "power",
          meaning: "how often a delay as long as the technique, which orders nothing, fails in " +
            "turns with it: the chance to notice missing order in one turn",
        },
        {
          term: "bound",
          meaning: "with 95 % confidence forbidden outcomes are rarer than that (3/N)",
        },
        {
          term: "witness, delay's",
          meaning:
            "share of operations in which the sibling noticed that the kernel was entered; " +
            "the same for the delay, where nobody enters it",
        },
        {
          term: "cost, clogged",
          meaning: "median of the operation, and while the sibling's store buffer is full: " +
            "a technique that drains it has to wait",
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
  { heading: "The same calls without their interrupt", roles: ["mechanism"] },
  { heading: "Scenarios of kernel/sched/membarrier.c", roles: ["scenario"] },
  { heading: "Broken on purpose (mutants)", roles: ["mutant"] },
];

/** On pages alone: terminals have the man page's table of them. */
const PAIRS: Part = { heading: "The pairs, each with its evidence", roles: ["pair"] };

function verdicts(host: HostView): Block[] {
  const results = resultsOf(host, "ordering");
  const [own, mechanisms, ...others] = PARTS.map((part) => partOf(host, part, results));
  return [
    ...own!,
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
  return [
    ...tables(host, part, results),
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
    cell: ({ verdict, expected }) => verdictText(verdict, expected),
  },
  { title: "forbidden", right: true, cell: ({ weak, iterations }) => `${weak} of ${iterations}` },
  { title: "power", right: true, cell: ({ power }) => power === 0 ? "0" : formatShare(power) },
  {
    title: "bound",
    right: true,
    cell: ({ bound }) => bound === null ? "–" : bound.toExponential(1),
    dispensable: 2,
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
  { title: "why", cell: ({ why }) => why, only: PAGE },
];

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
