import { formatShare } from "../../text/units.ts";
import type { DisturbanceResult } from "./disturbance_schema.ts";
import {
  type Block,
  group,
  paragraph,
  type Section,
  tableOf,
  terms,
  type Text,
} from "../../document/blocks.ts";
import type { HostView } from "../run/host_view.ts";
import { hostTitle, resultsOf, time } from "../run/words.ts";

/** What a technique costs everybody else. */
export function disturbanceSection(hosts: readonly HostView[]): Section | null {
  const groups = hosts.flatMap((host) => {
    const rows = resultsOf(host, "disturbance");
    return rows.length === 0 ? [] : [group(hostTitle(host), [table(host, rows)])];
  });
  if (groups.length === 0) return null;
  return {
    id: "disturbance",
    title: "What it costs everybody else",
    blocks: [
      paragraph(
        "While callers repeat the technique (a storm), a victim on another CPU does its work. " +
          "Blocks with and without the storm take turns, so that other load meets both.",
      ),
      terms(
        [
          "victim",
          "same-process: a thread of the caller's process; other-process: a program that has " +
          "nothing to do with it; other-process-registered: one that registered with membarrier",
        ],
        [
          "work",
          "wakes: waits for its timer, and how late it wakes up counts; runs: computes, and the " +
          "share of its CPU that it loses counts; sleeps: waits, and how often it is woken counts; " +
          "calls: calls the technique, too, and what its calls take counts",
        ],
        ["quiet, storm", "median of its latencies without and with the storm"],
        ["stolen", "share of its CPU that a running victim loses to the storm"],
        ["hurt, unharmed, unclear", "what follows, by rules that the reason names"],
      ),
      ...groups,
    ],
  };
}

function table(host: HostView, rows: readonly DisturbanceResult[]): Block {
  return tableOf(`Disturbance, on ${host.label}`, rows, [
    { title: "technique", cell: ({ technique }) => technique },
    { title: "victim", cell: ({ victim }) => victim },
    { title: "work", cell: ({ work }) => work },
    {
      title: "calls",
      cell: ({ callers, rateHz }) =>
        `${callers === 1 ? "1 caller" : `${callers} callers`}, ` +
        (rateHz === 0 ? "without pause" : `${rateHz}/s each`),
    },
    { title: "effect", cell: effectText },
    { title: "quiet p50", right: true, cell: ({ quiet }) => time(quiet.ns?.p50) },
    { title: "storm p50", right: true, cell: ({ storm }) => time(storm.ns?.p50) },
    { title: "storm p99", right: true, cell: ({ storm }) => time(storm.ns?.p99) },
    {
      title: "stolen",
      right: true,
      cell: ({ stolenShare }) => stolenShare === null ? "–" : formatShare(stolenShare),
    },
    // "1.7 times as late" of an emulated host would be a figure of the emulator
    { title: "why", cell: ({ why }) => host.run.host.emulated ? "emulated" : why },
  ], host.run.host.emulated);
}

function effectText({ effect }: DisturbanceResult): Text {
  const tone = { hurt: "bad", unharmed: "good", unclear: "faint" } as const;
  return { text: effect, tone: tone[effect] };
}
