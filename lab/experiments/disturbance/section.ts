/** What people read about disturbance: what one process's fences cost others. */

import {
  type Block,
  type CellColumn,
  group,
  intro,
  list,
  type Section,
  tableOf,
  terms,
} from "../../document/blocks.ts";
import type { Tone } from "../../text/style.ts";
import { formatNs, formatShare } from "../../text/units.ts";
import type { HostView } from "../run/host_view.ts";
import { resultsOf, sectionOf, time, UNDECIDED, unmeasured } from "../run/words.ts";
import type { DisturbanceResult } from "./disturbance_schema.ts";

const TONES: Readonly<Record<DisturbanceResult["effect"], Tone>> = {
  hurt: "bad",
  unharmed: "good",
  unclear: UNDECIDED,
};

const WORK: Readonly<Record<DisturbanceResult["work"], string>> = {
  wakes: "wakes up",
  runs: "runs",
  sleeps: "sleeps",
  calls: "calls, too",
};

const VICTIM: Readonly<Record<DisturbanceResult["victim"], string>> = {
  "same-process": "sibling",
  "other-process": "other process",
  "other-process-registered": "registered process",
};

/** What a technique costs everybody else, host by host. */
export function disturbanceSection(hosts: readonly HostView[]): Section | null {
  return sectionOf(hosts, {
    id: "disturbance",
    title: "What it costs everybody else",
    blocks: [
      intro(
        "While callers repeat the technique (a storm), a victim on another CPU does its work. " +
          "Blocks with and without the storm take turns, so that other load meets both.",
      ),
      terms(
        {
          term: "victim",
          meaning: "sibling: a thread of the caller's process; other process: a program that has " +
            "nothing to do with it; registered process: one that registered with membarrier. One " +
            "that wakes up waits for its timer, and how late it wakes up counts; one that runs " +
            "computes, and the share of its CPU that it loses counts; one that sleeps waits, and " +
            "how often it is woken counts; one that calls, too, calls the technique, and what its " +
            "calls take counts",
        },
        { term: "calls/s", meaning: "calls of each caller; storm: without a pause" },
        { term: "quiet, storm", meaning: "its latencies without and with the storm" },
        { term: "block medians", meaning: "least and greatest of the storm's blocks" },
        { term: "stolen", meaning: "share of its CPU that a running victim loses to the storm" },
        { term: "woken", meaning: "how often a sleeping victim was woken, of all calls" },
        {
          term: "hurt, unharmed, unclear",
          meaning: "what follows, by rules that the reason names",
        },
      ),
    ],
  }, (host) => blocksOf(host, resultsOf(host, "disturbance")));
}

/** A line for each technique's storm, and the answer in words: who can be hurt by whom. */
function blocksOf({ label, run }: HostView, results: readonly DisturbanceResult[]): Block[] {
  if (results.length === 0) return [];
  const { emulated } = run.host;
  return [
    tableOf(
      `Disturbance, on ${label}`,
      results.filter(({ available }) => available),
      COLUMNS,
      emulated,
      "Disturbance: what a storm of fences costs others",
    ),
    ...unmeasured(
      "Not to be measured here",
      results,
      (row) => `${row.technique}, ${victimOf(row)}`,
    ),
    group("Who can be hurt by whom", [list(answers(results, emulated))]),
  ];
}

const COLUMNS: readonly CellColumn<DisturbanceResult>[] = [
  { title: "technique", cell: ({ technique }) => technique },
  { title: "victim", cell: victimOf },
  {
    title: "calls/s",
    right: true,
    cell: ({ rateHz, callers }) =>
      `${callers > 1 ? `${callers}×` : ""}${rateHz === 0 ? "storm" : rateHz}`,
  },
  { title: "quiet p50, p99", right: true, cell: (row) => latencies(row, "quiet") },
  { title: "storm p50, p99", right: true, cell: (row) => latencies(row, "storm") },
  { title: "block medians", right: true, cell: spread, dispensable: 2 },
  {
    title: "stolen",
    right: true,
    cell: ({ stolenShare }) => stolenShare === null ? "–" : formatShare(stolenShare),
  },
  {
    title: "woken",
    right: true,
    cell: ({ storm: { woken }, ops }) => woken === null ? "–" : `${woken} of ${ops}`,
    dispensable: 1,
  },
  { title: "n", right: true, cell: ({ storm: { count } }) => String(count), dispensable: 3 },
  { title: "effect", cell: ({ effect }) => ({ text: effect, tone: TONES[effect] }) },
];

/** What becomes of a victim that runs is a share: it waits for nothing. */
function latencies(row: DisturbanceResult, side: "quiet" | "storm"): string {
  const { ns } = row[side];
  return row.work === "runs" ? "–" : `${time(ns?.p50)}, ${time(ns?.p99)}`;
}

function victimOf({ victim, work, victimPriority, occupied }: DisturbanceResult): string {
  const urgent = victimPriority === "fifo" ? ", urgent" : "";
  const idle = work === "wakes" && !occupied ? ", idle CPU" : "";
  return `${VICTIM[victim]} that ${WORK[work]}${urgent}${idle}`;
}

/** Least and greatest of the storm's blocks: medians, or shares of a running victim. */
function spread({ work, storm: { blocks } }: DisturbanceResult): string {
  if (blocks.length === 0) return "–";
  const show = work === "runs" ? formatShare : formatNs;
  return `${show(blocks[0]!)} to ${show(blocks.at(-1)!)}, ${blocks.length} blocks`;
}

/** One sentence for each technique: whom its storm hurts, and whom not. */
function answers(results: readonly DisturbanceResult[], emulated: boolean): string[] {
  const parts = [["hurt", "hurts"], ["unharmed", "leaves alone"], ["unclear", "unclear:"]] as const;
  const rows = results.filter(({ available }) => available);
  return [...Map.groupBy(rows, ({ technique }) => technique)].map(([technique, own]) => {
    const said = parts.flatMap(([effect, words]) => {
      const whom = own.filter((one) => one.effect === effect).map((one) => answerOf(one, emulated));
      return whom.length === 0 ? [] : [`${words} ${whom.join("; ")}`];
    });
    return `${technique}: ${said.join(". ")}`;
  });
}

/**
 * "1.7 times as late" of an emulated host would be a figure of the emulator, where how often
 * somebody was woken is the kernel's own.
 */
function answerOf(result: DisturbanceResult, emulated: boolean): string {
  const rate = result.rateHz > 0 ? ` at ${result.rateHz} calls/s` : "";
  const why = emulated && result.work !== "sleeps" ? "" : ` (${result.why})`;
  return `${victimOf(result)}${rate}${why}`;
}
