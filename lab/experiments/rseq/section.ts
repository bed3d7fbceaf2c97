/** What people read about rseq: do calls restart the sections of other CPUs, and only those? */

import {
  type Block,
  type CellColumn,
  intro,
  list,
  type Section,
  tableOf,
  terms,
} from "../../document/blocks.ts";
import type { Tone } from "../../text/style.ts";
import { shareAtMost } from "../../text/units.ts";
import type { HostView } from "../run/host_view.ts";
import { byReason, resultsOf, sectionOf, UNDECIDED } from "../run/words.ts";
import type { RseqResult, RseqTurns } from "./rseq_schema.ts";
import { expectedOfRseq, isTold, wentOn } from "./rseq_verdict.ts";
import { AIMS, rseqSubject } from "./rseq_subject.ts";

/** Verdicts about restartable sections, host by host. */
export function rseqSection(hosts: readonly HostView[]): Section | null {
  return sectionOf(hosts, {
    id: "rseq",
    title: "Do calls restart sections on other CPUs?",
    blocks: [
      intro(
        "Siblings stay in restartable sections (rseq). Before each call each of them is seen to " +
          "run in one; after the call that section goes on, or another one has begun.",
      ),
      terms(
        {
          term: "restarted, not-restarted",
          meaning: "no call left a section running, and fewer than 1 % can have done so unseen; " +
            "or at least one did: proof",
        },
        {
          term: "spared, not-spared",
          meaning: "calls for one CPU do not restart a sibling on another, a bystander, more " +
            "often than it is without a call; or they do",
        },
        { term: "went on", meaning: "calls after which the section still ran" },
        { term: "switched out", meaning: "calls during which the scheduler restarted it, too" },
        { term: "without a call", meaning: "restarts in turns that last as long as the calls" },
        { term: "excluded", meaning: "share of calls above which others would have been seen" },
      ),
    ],
  }, (host) => blocksOf(host, resultsOf(host, "rseq")));
}

function blocksOf({ label, run }: HostView, results: readonly RseqResult[]): Block[] {
  if (results.length === 0) return [];
  return [
    tableOf(
      `Restartable sections, on ${label}`,
      results,
      COLUMNS,
      run.host.emulated,
      "Restartable sections (rseq): whether calls restart them on other CPUs",
    ),
    list(
      byReason(results, rseqSubject, ({ holds }) => holds).map((text) => ({ text, tone: "faint" })),
    ),
  ];
}

const COLUMNS: readonly CellColumn<RseqResult>[] = [
  { title: "technique", cell: ({ technique }) => technique },
  { title: "for", cell: ({ aim }) => AIMS[aim], dispensable: 1 },
  {
    title: "seen on",
    cell: ({ role, siblings }) => {
      const who = role === "aimed" ? "sibling" : "bystander";
      return siblings === 1 ? who : `${siblings} ${who}s`;
    },
  },
  { title: "verdict", cell: (row) => ({ text: row.verdict, tone: toneOf(row) }) },
  { title: "calls", right: true, cell: ({ called }) => String(called.turns) },
  { title: "restarted", right: true, cell: ({ called }) => String(called.restarted) },
  {
    title: "switched out",
    right: true,
    cell: ({ called }) => String(called.switched),
    dispensable: 3,
  },
  { title: "went on", right: true, cell: ({ called }) => String(wentOn(called)) },
  { title: "without a call", right: true, cell: ({ quiet }) => unasked(quiet), dispensable: 2 },
  {
    title: "excluded",
    right: true,
    cell: ({ excluded }) => excluded === null ? "–" : shareAtMost(excluded),
    dispensable: 4,
  },
];

function unasked({ turns, restarted, switched }: RseqTurns): string {
  return `${restarted + switched} of ${turns}`;
}

function toneOf(row: RseqResult): Tone {
  if (!isTold(row.verdict)) return UNDECIDED;
  const expected = expectedOfRseq(row);
  const good = row.verdict === "restarted" || row.verdict === "spared";
  if (expected === null) return good ? "good" : "plain";
  if (expected !== row.verdict) return "bad";
  return good ? "good" : "plain";
}
