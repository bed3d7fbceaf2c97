/** What people read of ladders: which rung each library lands on at a host. */

import {
  type Block,
  BREAK,
  type CellColumn,
  group,
  intro,
  list,
  only,
  PAGE,
  paragraph,
  type Section,
  tableOf,
  TERMINAL,
  terms,
  type Text,
} from "../document/blocks.ts";
import { sourcesOf } from "../experiments/run/host_evidence.ts";
import type { HostView } from "../experiments/run/host_view.ts";
import { byReason, sectionOf, time, UNDECIDED } from "../experiments/run/words.ts";
import type { Tone } from "../text/style.ts";
import { assessLadders, type Landing, situations } from "./assess.ts";
import { ladders } from "./ladders.ts";
import type { Soundness } from "./soundness.ts";

const TONES: Readonly<Record<Soundness, Tone>> = {
  "by contract": "good",
  "observed": "doubtful",
  "unsound": "bad",
  "unknown": UNDECIDED,
  "no fence": "faint",
};

/** Where production libraries land on each host. */
export function ladderSection(hosts: readonly HostView[]): Section | null {
  const section = sectionOf(hosts, {
    id: "ladders",
    title: "Ladders: which fallback libraries land on",
    blocks: [
      intro(
        "Libraries try one technique after another (rungs of a ladder) and take the first that the " +
          "system grants. The tables say which rung that is on each host, as it is and when a " +
          "sandbox refuses membarrier, and whether the rung is sound there.",
      ),
      terms(
        { term: "by contract", meaning: "documentation promises what the library needs" },
        { term: "observed", meaning: "nothing promises it; it was seen to work on this host" },
        {
          term: "unsound",
          meaning: "it was seen not to work there, or cannot: the library may fail silently",
        },
        { term: "unknown", meaning: "nothing promises it, and the runs do not tell" },
        {
          term: "no fence",
          meaning: "no asymmetric fence is used, so nothing can be unsound",
        },
      ),
    ],
  }, (host) => landingBlocks(host, assessLadders(host.run)));
  return section && { ...section, blocks: [...section.blocks, ...sources()] };
}

/** A table for each situation, and warnings for which what runs did not see is no evidence. */
export function landingBlocks({ label, run }: HostView, landings: readonly Landing[]): Block[] {
  const { name, arch, kernel, emulated } = run.host;
  const tables = grouped(landings).flatMap(({ titles, rows }) => {
    const where = titles.join("; likewise: ");
    const reasons = byReason(
      rows.filter(({ soundness }) => soundness !== "by contract"),
      ({ library }) => library,
      ({ why }) => why,
    );
    return [
      tableOf(
        `Where libraries land on ${label}: ${where}`,
        rows,
        COLUMNS,
        emulated,
        `${name}, ${arch}, Linux ${kernel}: ${where}`,
      ),
      ...reasons.map((why) => only(TERMINAL, paragraph(why, "faint"))),
    ];
  });
  const doubts = sourcesOf(run).flatMap((source) =>
    source.doubts.map(({ code, message }): Text => ({
      text: `${code} of run ${source.run}: ${message}. What it saw ordered is no evidence`,
      tone: UNDECIDED,
    }))
  );
  return doubts.length === 0
    ? tables
    : [...tables, group("Runs that cannot be believed", [list(doubts)])];
}

/** Situations in which everybody lands alike are one table. */
function grouped(landings: readonly Landing[]): { titles: string[]; rows: Landing[] }[] {
  const groups = Map.groupBy(
    situations.map(({ id, title }) => ({
      title,
      rows: landings.filter(({ situation }) => situation === id),
    })),
    ({ rows }) => JSON.stringify(rows.map(({ situation: _, ...row }) => row)),
  );
  return [...groups.values()].map((alike) => ({
    titles: alike.map(({ title }) => title),
    rows: alike[0]!.rows,
  }));
}

const COLUMNS: readonly CellColumn<Landing>[] = [
  { title: "library", cell: ({ library }) => library },
  { title: "lands on", cell: ({ rung }) => rung },
  { title: "soundness", cell: ({ soundness }) => ({ text: soundness, tone: TONES[soundness] }) },
  { title: "p50", right: true, cell: ({ costNs }) => time(costNs) },
  {
    title: "IPIs/op",
    right: true,
    cell: ({ interruptsPerOp }) => interruptsPerOp?.toFixed(2) ?? "–",
  },
  { title: "why", cell: ({ why }) => why, only: PAGE },
];

/** How each library chooses, and where that was read. */
function sources(): Block[] {
  const points = ladders.map(({ library, source, detection, note }): Text => [
    `${library}: ${source}`,
    BREAK,
    `detects: ${detection}`,
    BREAK,
    note,
  ]);
  return [
    only(PAGE, group("Sources of the ladders", [sourceTable()], true)),
    only(["full"], group("Where this comes from", [list(points)])),
  ];
}

function sourceTable(): Block {
  return tableOf("How each library chooses", ladders, [
    { title: "library", cell: ({ library }) => library },
    { title: "rungs, in order", cell: ({ rungs }) => rungs.map(({ name }) => name).join(" → ") },
    { title: "finds out by", cell: ({ detection }) => detection },
    { title: "note", cell: ({ note }) => note },
    { title: "read from", cell: ({ source }) => source },
  ]);
}
