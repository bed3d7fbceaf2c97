import type { Run } from "../run/run_schema.ts";
import type { DisturbanceResult } from "./disturbance_schema.ts";
import { emulatedStamp } from "../run/emulated.ts";
import { printable } from "../../text/printable.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../../text/style.ts";
import { type Column, renderTable } from "../../document/table.ts";
import { formatNs, formatShare } from "../../text/units.ts";

const TONES: Readonly<Record<DisturbanceResult["effect"], Tone>> = {
  hurt: "bad",
  unharmed: "good",
  unclear: "doubtful",
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

/**
 * What one process's fences cost others: a table for each technique's storm, and the answer in
 * words: who can be hurt by whom.
 *
 * @returns "" if the run has no such results.
 */
export function renderDisturbance(run: Run, options: RenderOptions): string {
  const results = run.results.filter((result) => result.experiment === "disturbance");
  if (results.length === 0) return "";
  return [
    ...emulatedStamp(run, options),
    paint("Disturbance: what a storm of fences costs others", "strong", options),
    renderTable(columnsFor(options), results.filter(({ available }) => available), options),
    ...notes(results, options),
    "",
    paint("Who can be hurt by whom", "strong", options),
    ...answers(results).map((text) => `  ${wrap(printable(text), options.width, 4)}`),
  ].join("\n");
}

function columnsFor(options: RenderOptions): Column<DisturbanceResult>[] {
  const time = (value: number | undefined): string =>
    value === undefined ? "-" : formatNs(value, options);
  return [
    { title: "technique", text: ({ technique }) => technique },
    { title: "victim", text: victimOf },
    {
      title: "calls/s",
      right: true,
      text: ({ rateHz, callers }) =>
        `${callers > 1 ? `${callers}×` : ""}${rateHz === 0 ? "storm" : rateHz}`,
    },
    {
      title: "quiet p50, p99",
      right: true,
      text: ({ work, quiet: { ns } }) =>
        work === "runs" ? "-" : `${time(ns?.p50)}, ${time(ns?.p99)}`,
    },
    {
      title: "storm p50, p99",
      right: true,
      text: ({ work, storm: { ns } }) =>
        work === "runs" ? "-" : `${time(ns?.p50)}, ${time(ns?.p99)}`,
    },
    { title: "block medians", right: true, text: (row) => spread(row, options), dispensable: 2 },
    {
      title: "stolen",
      right: true,
      text: ({ stolenShare }) => stolenShare === null ? "-" : formatShare(stolenShare),
    },
    {
      title: "woken",
      right: true,
      text: ({ storm: { woken }, ops }) => woken === null ? "-" : `${woken} of ${ops}`,
      dispensable: 1,
    },
    { title: "n", right: true, text: ({ storm: { count } }) => String(count), dispensable: 3 },
    { title: "effect", text: ({ effect }) => effect, tone: ({ effect }) => TONES[effect] },
  ];
}

function victimOf({ victim, work, victimPriority, occupied }: DisturbanceResult): string {
  const urgent = victimPriority === "fifo" ? ", urgent" : "";
  const idle = work === "wakes" && !occupied ? ", idle CPU" : "";
  return `${VICTIM[victim]} that ${WORK[work]}${urgent}${idle}`;
}

/** Least and greatest of the storm's blocks: medians, or shares of a running victim. */
function spread({ work, storm: { blocks } }: DisturbanceResult, options: RenderOptions): string {
  if (blocks.length === 0) return "-";
  const show = (value: number): string =>
    work === "runs" ? formatShare(value) : formatNs(value, options);
  return `${show(blocks[0]!)} to ${show(blocks.at(-1)!)}, ${blocks.length} blocks`;
}

function notes(results: readonly DisturbanceResult[], options: RenderOptions): string[] {
  return results.filter(({ available }) => !available).map((row) =>
    `  ${
      paint(
        wrap(printable(`${row.technique}, ${victimOf(row)}: ${row.why}`), options.width, 4),
        "faint",
        options,
      )
    }`
  );
}

/** One sentence for each technique: whom its storm hurts, and whom not. */
function answers(results: readonly DisturbanceResult[]): string[] {
  const techniques = [...new Set(results.map(({ technique }) => technique))];
  return techniques.map((technique) => {
    const rows = results.filter((one) => one.technique === technique && one.available);
    const part = (effect: DisturbanceResult["effect"], words: string): string[] => {
      const hit = rows.filter((one) => one.effect === effect);
      if (hit.length === 0) return [];
      const whom = hit.map((one) =>
        `${victimOf(one)}${one.rateHz > 0 ? ` at ${one.rateHz} calls/s` : ""} (${one.why})`
      );
      return [`${words} ${whom.join("; ")}`];
    };
    const parts = [
      ...part("hurt", "hurts"),
      ...part("unharmed", "leaves alone"),
      ...part(
        "unclear",
        "unclear:",
      ),
    ];
    return `${technique}: ${parts.join(". ")}`;
  });
}
