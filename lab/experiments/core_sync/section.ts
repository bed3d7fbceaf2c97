/** What people read about core-sync: does another CPU run replaced code? */

import {
  type Block,
  intro,
  list,
  paragraph,
  type Section,
  tableOf,
  terms,
} from "../../document/blocks.ts";
import type { HostView } from "../run/host_view.ts";
import { byReason, resultsOf, sectionOf, VERDICT_TERMS, verdictText } from "../run/words.ts";
import type { CoreSyncResult } from "./core_sync_schema.ts";
import { expectedOfCoreSync } from "./core_sync_verdict.ts";

/** Verdicts about replaced code, host by host. */
export function coreSyncSection(hosts: readonly HostView[]): Section | null {
  return sectionOf(hosts, {
    id: "core-sync",
    title: "Do other CPUs see replaced code?",
    blocks: [
      intro(
        "One thread replaces code, calls the technique and publishes a version; a sibling that has " +
          "read the version calls the code.",
      ),
      terms(
        ...VERDICT_TERMS,
        { term: "stale, calls", meaning: "calls that still ran what was replaced, and all calls" },
        { term: "modifications", meaning: "versions of the code that were published" },
        {
          term: "stale after the end",
          meaning: "stale calls when nothing had been replaced for 2 ms, which no race explains",
        },
      ),
    ],
  }, (host) => blocksOf(host, resultsOf(host, "core-sync")));
}

function blocksOf(host: HostView, results: readonly CoreSyncResult[]): Block[] {
  if (results.length === 0) return [];
  // Results of a host may come from several runs, each with a control of its own
  const controls = [
    ...Map.groupBy(results, ({ controls }) => JSON.stringify(controls.publishFirst)).values(),
  ];
  return [
    tableOf(
      `Replaced code, on ${host.label}`,
      results,
      [
        { title: "technique", cell: ({ technique }) => technique },
        { title: "verdict", cell: (row) => verdictText(row.verdict, expectedOfCoreSync(row)) },
        { title: "stale", right: true, cell: ({ stale }) => String(stale) },
        { title: "calls", right: true, cell: ({ calls }) => String(calls) },
        {
          title: "modifications",
          right: true,
          cell: ({ modifications }) => String(modifications),
          dispensable: 1,
        },
        {
          title: "stale after the end",
          right: true,
          cell: ({ staleAfterEnd }) => String(staleAfterEnd),
          dispensable: 2,
        },
      ],
      host.run.host.emulated,
      "Replaced code (core-sync): calls that ran instructions already replaced",
    ),
    list(
      byReason(results, ({ technique }) => technique, ({ why }) => why)
        .map((text) => ({ text, tone: "faint" })),
    ),
    ...controls.map((rows) => {
      const whose = rows.map(({ technique }) => technique).join(", ");
      return controlNote(rows[0]!, controls.length === 1 ? "" : `${whose}: `);
    }),
  ];
}

function controlNote({ controls: { publishFirst } }: CoreSyncResult, whose: string): Block {
  if (publishFirst === null) {
    return paragraph(`${whose}the control in the wrong order was not run`, "bad");
  }
  const { stale, staleVersions, modifications } = publishFirst;
  return paragraph(
    `${whose}control: published before it was replaced, code was run stale by ${stale} calls, ` +
      `after ${staleVersions} of ${modifications} modifications`,
    stale > 0 ? "faint" : "bad",
  );
}
