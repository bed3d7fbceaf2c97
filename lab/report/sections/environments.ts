import type { Run } from "../../experiments/run/run_schema.ts";
import { formatSeconds } from "../../text/units.ts";
import {
  type Block,
  group,
  paragraph,
  type Section,
  tableOf,
  terms,
  type Text,
} from "../../document/blocks.ts";
import type { UnreadRun } from "../gather.ts";
import { clip, type HostView, type RunNote } from "../../experiments/run/host_view.ts";
import { environmentBlocks } from "../../experiments/run/environment_blocks.ts";
import { hostTitle } from "../../experiments/run/words.ts";

/** What each host is, and what its runs warn of. */
export function environmentSection(hosts: readonly HostView[]): Section | null {
  if (hosts.length === 0) return null;
  return {
    id: "environments",
    title: "Environments and warnings",
    blocks: [
      paragraph(
        "What of a host most often explains a number, and what the lab found there that limits its " +
          "results. Environments are those of the host's newest run; run.json of each run has more.",
      ),
      terms(
        { term: "W003, …", meaning: "a warning's number, the same in all versions of fencelab" },
        { term: "invalidates", meaning: "results that the warning names must not be quoted" },
      ),
      ...hosts.map((host) =>
        group(hostTitle(host), [...environmentBlocks(host), ...warnings(host)])
      ),
    ],
  };
}

function warnings({ label, runs }: HostView): Block[] {
  const found = new Map<string, { warning: Run["warnings"][number]; runs: string[] }>();
  for (const { shown, warnings, id } of runs) {
    if (shown === 0) continue;
    for (const warning of warnings) {
      const known = found.get(`${warning.code} ${warning.message}`);
      if (known) known.runs.push(id);
      else found.set(`${warning.code} ${warning.message}`, { warning, runs: [id] });
    }
  }
  if (found.size === 0) return [paragraph("No warnings.")];
  return [tableOf(`Warnings of ${label}`, [...found.values()], [
    {
      title: "number",
      cell: ({ warning }) =>
        warning.invalidates
          ? [warning.code, " ", { text: "invalidates", tone: "bad" }]
          : warning.code,
    },
    { title: "what", cell: ({ warning }) => clip(warning.message, 1000) },
    { title: "remedy", cell: ({ warning }) => clip(warning.remedy, 1000) },
    { title: "run", cell: (one) => ({ code: one.runs.slice(0, 3).join(" ") }) },
  ])];
}

/** Runs for which the command is spelt out; there may be hundreds. */
const SPELT_OUT = 5;

/** Which runs the report rests on, and how to repeat each. */
export function runsSection(hosts: readonly HostView[], unread: readonly UnreadRun[]): Section {
  return {
    id: "runs",
    title: "Runs, and how to repeat them",
    blocks: [
      paragraph(
        "Of each host the newest result of everything is shown; results of older runs that a newer " +
          "one measured again are left out here. The command below a run repeats it in the lab's " +
          "directory.",
      ),
      ...unread.length === 0 ? [] : [tableOf("Runs that could not be read", unread, [
        { title: "directory", cell: ({ path }) => ({ code: path }) },
        { title: "problem", cell: ({ problem }): Text => ({ text: problem, tone: "bad" }) },
      ])],
      ...hosts.map((host) => group(hostTitle(host), [runTable(host), ...commands(host.runs)])),
    ],
  };
}

function runTable({ label, runs }: HostView): Block {
  return tableOf(`Runs of ${label}, newest first`, runs, [
    { title: "run", cell: ({ id }) => ({ code: id }) },
    { title: "started", cell: ({ startedAt }) => startedAt },
    { title: "took", right: true, cell: ({ seconds }) => formatSeconds(seconds) },
    { title: "measured", cell: ({ experiments }) => experiments.join(", ") },
    {
      title: "results shown",
      right: true,
      cell: ({ shown }) =>
        shown === 0 ? { text: "none, newer ones have all", tone: "faint" } : String(shown),
    },
    { title: "fencelab", cell: ({ version, build }) => `${version} (${build})` },
  ]);
}

/** Each command once, with the runs that it made. */
function commands(runs: readonly RunNote[]): Block[] {
  const all = [...Map.groupBy(runs, ({ command }) => command)];
  const first = all.slice(0, SPELT_OUT);
  const rest = all.slice(SPELT_OUT);
  const spelt = ([command, made]: (typeof all)[number]): Block[] => [
    paragraph([
      "Repeats ",
      ...made.slice(0, 3).flatMap(({ id }, at) => [at === 0 ? "" : ", ", { code: id }]),
      made.length > 3 ? ` and ${made.length - 3} more:` : ":",
    ]),
    { kind: "command", command },
  ];
  return [
    ...first.flatMap(spelt),
    ...rest.length === 0 ? [] : [group("Commands of older runs", rest.flatMap(spelt), true)],
  ];
}
