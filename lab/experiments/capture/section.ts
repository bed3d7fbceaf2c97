/** What people read about captures: interrupts of each technique, whom they hit, where time went. */

import {
  type Block,
  type CellColumn,
  heading,
  intro,
  list,
  paragraph,
  type Section,
  tableOf,
  terms,
} from "../../document/blocks.ts";
import { type Attempted, outcomeOf } from "../../format/attempt_schema.ts";
import { formatCpuList } from "../../text/cpu_list.ts";
import type { HostView } from "../run/host_view.ts";
import { perOperation, resultsOf, sectionOf, time } from "../run/words.ts";
import type { CapturedTechnique, CaptureResult } from "./capture_schema.ts";

const HEADING = "What the kernel did (capture)";

/** What the kernel did during each operation, host by host. */
export function captureSection(hosts: readonly HostView[]): Section | null {
  return sectionOf(hosts, {
    id: "capture",
    title: "What the kernel does",
    blocks: [
      intro(
        "The techniques under the kernel's tracer: whom one operation interrupts, and where its " +
          "time goes. Tracing itself costs time, so these are not the figures to quote.",
      ),
      terms(
        { term: "IPIs/op", meaning: "interrupts sent per operation, from the trace" },
        { term: "perf", meaning: "the same as perf counted them meanwhile" },
        { term: "CPUs", meaning: "CPUs that were interrupted" },
        {
          term: "enter → send",
          meaning: "from the system call to the sending of the interrupt",
        },
        { term: "send → entry", meaning: "until the target's handler began" },
        { term: "handler", meaning: "how long the target was kept" },
        {
          term: "exit → return",
          meaning: "from the end of the handler to the caller's return",
        },
        { term: "function", meaning: "what the kernel made the target run" },
      ),
    ],
  }, (host) => resultsOf(host, "capture").flatMap((result) => blocksOf(host, result)));
}

function blocksOf({ label, run }: HostView, result: CaptureResult): Block[] {
  if (!result.available) {
    return [
      heading(HEADING),
      paragraph(`${notMade(result)}: ${result.reason ?? "no reason given"}`),
    ];
  }
  const { emulated } = run.host;
  const rows = result.techniques.filter(({ available, ops }) => available && ops > 0);
  return [
    tableOf(`Medians of traced operations, on ${label}`, rows, COLUMNS, emulated, HEADING),
    ...notesOf(result).map((note) => paragraph(note, "faint")),
    ...result.worst.length === 0 ? [] : [list(result.worst.map(worstLine))],
  ];
}

/** "longest: munmap 250 µs: delivery 81 %, handler 9 %": where the time of a long operation went. */
function worstLine({ technique, ns, budget }: CaptureResult["worst"][number]): string {
  const shares = budget.filter(({ share }) => share >= 0.05)
    .map(({ phase, share }) => `${phase} ${Math.round(share * 100)} %`);
  return `longest: ${technique} ${time(ns)}: ${shares.join(", ")}`;
}

const COLUMNS: readonly CellColumn<CapturedTechnique>[] = [
  { title: "technique", cell: ({ technique }) => technique },
  { title: "ops", right: true, cell: ({ ops }) => String(ops), dispensable: 3 },
  { title: "IPIs/op", right: true, cell: ({ ipisPerOp }) => perOperation(ipisPerOp) },
  {
    title: "perf",
    right: true,
    cell: ({ countedPerOp }) => perOperation(countedPerOp?.perf),
    dispensable: 4,
  },
  { title: "CPUs", cell: ({ targets }) => formatCpuList(targets) },
  step("enter → send", "enterToSendNs", 2),
  step("send → entry", "sendToEntryNs"),
  step("handler", "handlerNs"),
  step("exit → return", "exitToReturnNs", 2),
  {
    title: "p50 untraced, traced",
    cell: ({ untracedNs, tracedNs }) => `${medianOf(untracedNs)}, ${medianOf(tracedNs)}`,
    dispensable: 5,
  },
  { title: "function", cell: ({ functions }) => functions.slice(0, 2).join(","), dispensable: 1 },
];

function step(
  title: string,
  key: "enterToSendNs" | "sendToEntryNs" | "handlerNs" | "exitToReturnNs",
  dispensable?: number,
): CellColumn<CapturedTechnique> {
  return {
    title,
    short: title.replaceAll(" ", ""),
    right: true,
    cell: (row) => time(row[key]?.p50),
    ...dispensable === undefined ? {} : { dispensable },
  };
}

function medianOf(cost: CapturedTechnique["tracedNs"]): string {
  return time(cost === null || cost.count === 0 ? null : cost.p50);
}

function notMade(attempted: Attempted): string {
  return outcomeOf(attempted) === "failed" ? "failed this time" : "not available";
}

function notesOf(result: CaptureResult): string[] {
  const notes = [
    `${result.events} events, ${result.lost} lost; ${result.matched} of ${result.sends} calls to ` +
    `other CPUs matched to their handler; evidence: ${result.ladder}`,
    "medians of kept operations; IPIs/op from the trace, perf counted beside it",
  ];
  if (result.reason !== null) notes.push(`the trace was not analysed: ${result.reason}`);
  for (const row of result.techniques) {
    if (!row.available) {
      notes.push(`${row.technique} ${notMade(row)}: ${row.reason ?? "no reason given"}`);
    }
  }
  if (result.stoppedBy) {
    const { technique, ns } = result.stoppedBy;
    notes.push(`stopped by ${technique} with ${Math.round(ns / 1000)} us, above the threshold`);
  }
  return notes;
}
