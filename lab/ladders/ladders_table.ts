import { type HostRun, sourcesOf } from "../experiments/run/host_evidence.ts";
import type { Landing } from "./assess.ts";
import { situations } from "./assess.ts";
import { ladders } from "./ladders.ts";
import type { Soundness } from "./soundness.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { printable } from "../text/printable.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../text/style.ts";
import { type Column, renderTable } from "../document/table.ts";
import { formatNs } from "../text/units.ts";

const TONES: Readonly<Record<Soundness, Tone>> = {
  "by contract": "good",
  "observed": "doubtful",
  "unsound": "bad",
  "unknown": "doubtful",
  "no fence": "faint",
};

/** Which rung each library lands on at a host, one table for each situation. */
export function renderLadders(
  run: Run | HostRun,
  landings: readonly Landing[],
  options: RenderOptions,
): string {
  const { name, arch, kernel, emulated } = run.host;
  const where = `${name}, ${arch}, Linux ${kernel}${
    emulated ? ", emulated: times mean nothing" : ""
  }`;
  const tables = grouped(landings).map(({ titles, rows }) => {
    return [
      paint(
        wrap(printable(`${where}: ${titles.join("; likewise: ")}`), options.width, 2),
        "strong",
        options,
      ),
      renderTable(columnsFor(options), rows, options),
      ...reasons(rows, options),
    ].join("\n");
  });
  return [...tables, ...doubts(run, options), ...notes(options)].join("\n\n");
}

/** Warnings for which what runs did not see is no evidence. */
function doubts(run: Run | HostRun, options: RenderOptions): string[] {
  const lines = sourcesOf(run).flatMap((source) =>
    source.doubts.map(({ code, message }) => {
      const text = `${code} of run ${source.run}: ${message}. What it saw ordered is no evidence`;
      return `  ${paint(wrap(printable(text), options.width, 4), "doubtful", options)}`;
    })
  );
  return lines.length === 0
    ? []
    : [[paint("Runs that cannot be believed", "strong", options), ...lines].join("\n")];
}

/** Situations in which everybody lands alike are one table. */
function grouped(landings: readonly Landing[]): { titles: string[]; rows: Landing[] }[] {
  const groups = new Map<string, { titles: string[]; rows: Landing[] }>();
  for (const { id, title } of situations) {
    const rows = landings.filter(({ situation }) => situation === id);
    const key = JSON.stringify(rows.map(({ situation: _, ...row }) => row));
    const group = groups.get(key);
    if (group) group.titles.push(title);
    else groups.set(key, { titles: [title], rows });
  }
  return [...groups.values()];
}

function columnsFor(options: RenderOptions): Column<Landing>[] {
  return [
    { title: "library", text: ({ library }) => library },
    { title: "lands on", text: ({ rung }) => rung },
    { title: "soundness", text: ({ soundness }) => soundness, tone: (row) => TONES[row.soundness] },
    {
      title: "p50",
      right: true,
      text: ({ costNs }) => costNs === null ? "-" : formatNs(costNs, options),
    },
    {
      title: "IPIs/op",
      right: true,
      text: ({ interruptsPerOp }) => interruptsPerOp?.toFixed(2) ?? "-",
    },
  ];
}

/** Each reason once, with those that share it. */
function reasons(rows: readonly Landing[], options: RenderOptions): string[] {
  const byReason = new Map<string, string[]>();
  for (const { why, library, soundness } of rows) {
    if (soundness === "by contract") continue;
    byReason.set(why, [...byReason.get(why) ?? [], library]);
  }
  return [...byReason].map(([why, libraries]) =>
    `  ${
      paint(wrap(printable(`${libraries.join(", ")}: ${why}`), options.width, 4), "faint", options)
    }`
  );
}

function notes(options: RenderOptions): string[] {
  if (!options.all) return [];
  return [
    [
      paint("Where this comes from", "strong", options),
      ...ladders.flatMap(({ library, source, detection, note }) => [
        `  ${wrap(`${library}: ${source}`, options.width, 4)}`,
        `    ${wrap(`detects: ${detection}`, options.width, 6)}`,
        `    ${wrap(note, options.width, 6)}`,
      ]),
    ].join("\n"),
  ];
}
