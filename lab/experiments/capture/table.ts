import { formatCpuList } from "../../text/cpu_list.ts";
import type { CapturedTechnique, CaptureResult } from "./capture_schema.ts";
import type { Run } from "../run/run_schema.ts";
import { emulatedStamp } from "../run/emulated.ts";
import { printable } from "../../text/printable.ts";
import { paint, type RenderOptions, wrap } from "../../text/style.ts";
import { type Column, renderTable } from "../../document/table.ts";
import { formatNs } from "../../text/units.ts";

/**
 * The captures of a run: interrupts of each technique, whom they hit and where the time went.
 *
 * @returns "" if the run has none.
 */
export function renderCapture(run: Run, options: RenderOptions): string {
  const blocks = run.results.flatMap((result) =>
    result.experiment === "capture" ? [renderOne(run, result, options)] : []
  );
  return blocks.join("\n\n");
}

function renderOne(run: Run, result: CaptureResult, options: RenderOptions): string {
  const heading = paint("What the kernel did (capture)", "strong", options);
  if (!result.available) {
    const why = `not available: ${result.reason ?? "no reason given"}`;
    return `${heading}\n  ${wrap(printable(why), options.width, 2)}`;
  }
  const rows = result.techniques.filter((row) => row.available && row.ops > 0);
  const note = (text: string): string =>
    `  ${paint(wrap(printable(text), options.width, 4), "faint", options)}`;
  return [
    ...emulatedStamp(run, options),
    heading,
    renderTable(columnsFor(options), rows, options),
    ...notesOf(result).map(note),
    ...result.worst.map((one) => worstLine(one, options)),
  ].join("\n");
}

/** "munmap 250 us: delivery 81 %, handler 9 %": where the time of a long operation went. */
function worstLine(worst: CaptureResult["worst"][number], options: RenderOptions): string {
  const shares = worst.budget.filter(({ share }) => share >= 0.05)
    .map(({ phase, share }) => `${phase} ${Math.round(share * 100)} %`);
  const text = `longest: ${worst.technique} ${formatNs(worst.ns, options)}: ${shares.join(", ")}`;
  return `  ${wrap(printable(text), options.width, 4)}`;
}

function columnsFor(options: RenderOptions): Column<CapturedTechnique>[] {
  const step = (
    title: string,
    key: "enterToSendNs" | "sendToEntryNs" | "handlerNs" | "exitToReturnNs",
    dispensable = 0,
  ): Column<CapturedTechnique> => ({
    title,
    right: true,
    text: (row) => row[key] === null ? "-" : formatNs(row[key].p50, options),
    dispensable,
  });
  const arrow = options.unicode === false ? ">" : "→";
  return [
    { title: "technique", text: (row) => row.technique },
    { title: "ops", right: true, text: (row) => String(row.ops), dispensable: 3 },
    {
      title: "IPIs/op",
      right: true,
      text: (row) => row.ipisPerOp === null ? "n/a" : row.ipisPerOp.toFixed(2),
    },
    {
      title: "perf",
      right: true,
      text: (row) => row.countedPerOp?.perf?.toFixed(2) ?? "n/a",
      dispensable: 4,
    },
    { title: "CPUs", text: (row) => formatCpuList(row.targets) },
    step(`enter${arrow}send`, "enterToSendNs", 2),
    step(`send${arrow}entry`, "sendToEntryNs"),
    step("handler", "handlerNs"),
    step(`exit${arrow}return`, "exitToReturnNs", 2),
    {
      title: "p50 untraced, traced",
      text: (row) => costs(row, options),
      dispensable: 5,
    },
    { title: "function", text: (row) => row.functions.slice(0, 2).join(","), dispensable: 1 },
  ];
}

function costs(row: CapturedTechnique, options: RenderOptions): string {
  const text = (cost: CapturedTechnique["tracedNs"]): string =>
    cost === null || cost.count === 0 ? "-" : formatNs(cost.p50, options);
  return `${text(row.untracedNs)}, ${text(row.tracedNs)}`;
}

function notesOf(result: CaptureResult): string[] {
  const notes = [
    `${result.events} events, ${result.lost} lost; ${result.matched} of ${result.sends} calls to ` +
    `other CPUs matched to their handler; evidence: ${result.ladder}`,
    "medians of kept operations; IPIs/op from the trace, perf counted beside it",
  ];
  if (result.available && result.reason !== null) {
    notes.push(`the trace was not analysed: ${result.reason}`);
  }
  for (const row of result.techniques) {
    if (!row.available) notes.push(`${row.technique}: ${row.reason ?? "not available"}`);
  }
  if (result.stoppedBy) {
    const { technique, ns } = result.stoppedBy;
    notes.push(`stopped by ${technique} with ${Math.round(ns / 1000)} us, above the threshold`);
  }
  return notes;
}
