import { VERDICT_MEANINGS } from "../../format/verdict.ts";
import { formatShare } from "../../text/units.ts";
import { expectedOfCoreSync } from "../core_sync/core_sync_verdict.ts";
import { type Evidence, evidenceOf } from "./evidence.ts";
import { mutationScore } from "./score.ts";
import { findingOf, shapeObservation } from "./shapes.ts";
import type { OrderingResult } from "./ordering_schema.ts";
import {
  type Block,
  group,
  list,
  paragraph,
  type Section,
  tableOf,
  terms,
  type Text,
} from "../../document/blocks.ts";
import type { HostView } from "../run/host_view.ts";
import { hostTitle, perOperation, resultsOf, time, verdictText } from "../run/words.ts";

/** Verdicts about ordering, each with what it rests on. */
export function orderingSection(hosts: readonly HostView[]): Section | null {
  const groups = hosts.flatMap((host) => {
    const blocks = [...verdicts(host), ...shapes(host), ...coreSync(host)];
    return blocks.length === 0 ? [] : [group(hostTitle(host), blocks)];
  });
  if (groups.length === 0) return null;
  return {
    id: "ordering",
    title: "Does it order memory? Verdicts and their evidence",
    blocks: [
      paragraph(
        "Two threads each store to one variable and load from the other's. If the technique works, " +
          "at least one of them sees the other's store; the outcome in which neither does is what " +
          "a fence forbids. The sibling has nothing but a compiler barrier, and its store buffer " +
          "is clogged with slow stores, so that missing order shows.",
      ),
      terms(
        ...Object.entries(VERDICT_MEANINGS),
        ["forbidden", "turns with the outcome that a fence forbids, of all turns"],
        [
          "power",
          "how often a delay as long as the technique, which orders nothing, fails in " +
          "turns with it: the chance to notice missing order in one turn",
        ],
        ["bound", "with 95 % confidence forbidden outcomes are rarer than that (3/N)"],
        [
          "witness",
          "share of operations in which the sibling noticed that the kernel was entered; " +
          "after the stroke the same for the delay, where nobody enters it",
        ],
        [
          "cost, clogged",
          "median of the operation, and while the sibling's store buffer is full: " +
          "a technique that drains it has to wait",
        ],
        ["mutant", "a technique broken on purpose, which the test has to catch"],
      ),
      ...groups,
    ],
  };
}

const PARTS: readonly {
  readonly title: string;
  readonly roles: readonly OrderingResult["role"][];
}[] = [
  { title: "Techniques beside a running sibling", roles: ["technique"] },
  { title: "Controls, which must fail but for fences on both sides", roles: ["control"] },
  { title: "The same calls against another process", roles: ["mechanism"] },
  { title: "Pairs of membarrier(2)'s table", roles: ["pair"] },
  { title: "Scenarios of kernel/sched/membarrier.c", roles: ["scenario"] },
  { title: "Mutants", roles: ["mutant"] },
];

function verdicts(host: HostView): Block[] {
  const results = resultsOf(host, "ordering");
  const tables = PARTS.flatMap(({ title, roles }) => {
    const rows = results.filter(({ role }) => roles.includes(role));
    const same = rows.every(({ arrangement }) => arrangement === "sibling");
    return rows.length === 0 ? [] : [tableOf(`${title}, on ${host.label}`, rows, [
      { title: "technique", cell: ({ technique }) => technique },
      ...same ? [] : [{
        title: "sibling",
        cell: ({ arrangement }: OrderingResult): Text => arrangement,
      }],
      { title: "verdict", cell: ({ verdict, expected }) => verdictText(verdict, expected) },
      {
        title: "forbidden",
        right: true,
        cell: ({ weak, iterations }) => `${weak} of ${iterations}`,
      },
      { title: "power", right: true, cell: ({ power }) => power === 0 ? "0" : formatShare(power) },
      {
        title: "bound",
        right: true,
        cell: ({ bound }) => bound === null ? "–" : bound.toExponential(1),
      },
      {
        title: "IPIs/op",
        right: true,
        cell: (row) => perOperation(evidenceOf(row).interruptsPerOp),
      },
      { title: "witness", right: true, cell: (row) => witness(evidenceOf(row)) },
      {
        title: "cost, clogged",
        right: true,
        cell: (row) => `${time(evidenceOf(row).costNs)}, ${time(evidenceOf(row).cloggedNs)}`,
      },
      { title: "why", cell: ({ why }) => why },
    ], host.run.host.emulated)];
  });
  return [...tables, ...score(results)];
}

function witness({ witness, witnessOfDelay }: Evidence): string {
  const share = (value: number | null): string => value === null ? "–" : formatShare(value);
  return `${share(witness)} / ${share(witnessOfDelay)}`;
}

function score(results: readonly OrderingResult[]): Block[] {
  const counted = mutationScore(results);
  if (counted === null) return [];
  const { caught, within, total, missed } = counted;
  const text =
    `Mutation score: ${caught} caught of ${within} within the test's power, of ${total}.`;
  return missed.length === 0
    ? [paragraph(text)]
    : [paragraph(`${text} Missed: ${missed.join(", ")}.`, "bad")];
}

function shapes(host: HostView): Block[] {
  return resultsOf(host, "shapes").flatMap((result) => {
    const rows = result.shapes.map((shape): readonly [string, Text] => {
      const finding = findingOf(shape, host.run.host);
      const words: Text = finding.outcome === "broken"
        ? { text: finding.words, tone: "bad" }
        : finding.words;
      return [finding.outcome === "not-run" ? shape.shape : shapeObservation(shape), words];
    });
    return [
      paragraph(
        "Litmus shapes show which reorderings the host exhibits at all, with plain accesses and " +
          "with full fences between them. Each line says how often the outcome was seen that no " +
          "interleaving of the threads gives, and how often others.",
      ),
      tableOf(`What ${host.label} reorders`, rows, [
        { title: "observation", cell: ([line]) => ({ code: line }) },
        { title: "what follows", cell: ([, words]) => words },
      ]),
    ];
  });
}

function coreSync(host: HostView): Block[] {
  const results = resultsOf(host, "core-sync");
  if (results.length === 0) return [];
  const reasons = Map.groupBy(results, ({ why }) => why);
  return [
    paragraph(
      "Replaced code (core-sync): one thread replaces code, calls the technique and publishes a " +
        "version; a sibling that has read the version calls the code. A call is stale that still " +
        "runs what was replaced.",
    ),
    tableOf(`Replaced code, on ${host.label}`, results, [
      { title: "technique", cell: ({ technique }) => technique },
      { title: "verdict", cell: (row) => verdictText(row.verdict, expectedOfCoreSync(row)) },
      { title: "stale", right: true, cell: ({ stale, calls }) => `${stale} of ${calls} calls` },
      { title: "modifications", right: true, cell: ({ modifications }) => String(modifications) },
    ], host.run.host.emulated),
    list(
      [...reasons].map(([why, rows]) =>
        `${[...new Set(rows.map(({ technique }) => technique))].join(", ")}: ${why}`
      ),
    ),
  ];
}
