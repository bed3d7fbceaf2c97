/** What people read about cost: what one operation costs its caller, in curves and figures. */

import {
  type Block,
  type CellColumn,
  intro,
  only,
  PAGE,
  paragraph,
  type ReportTable,
  type Section,
  tableOf,
  type Term,
  TERMINAL,
  termNotes,
  terms,
} from "../../document/blocks.ts";
import { familyOf } from "../../format/techniques.ts";
import { logCells } from "../../statistics/log_cells.ts";
import { spark } from "../../text/spark.ts";
import type { Tone } from "../../text/style.ts";
import { formatCount, formatShare } from "../../text/units.ts";
import type { HostView } from "../run/host_view.ts";
import type { CostResult, Registration } from "../run/run_schema.ts";
import {
  crewOf,
  emulatedMeans,
  onCpus,
  perOperation,
  resultsOf,
  sectionOf,
  time,
  unmeasured,
} from "../run/words.ts";
import { costNotes } from "./cost_notes.ts";
import { AXIS_ENDS, chartOf, families } from "./latency_chart.ts";

/** Crews of a host that are drawn; the others are in tables. */
const DRAWN_CREWS = 2;

/** Width of the shapes: that of the title of their column. */
const CELLS = 11;

/** The share of dropped samples from which a row deserves a second look. */
const MANY_DROPPED = 0.1;

const REPEATED: Term = {
  term: "×N",
  meaning: "N operations were timed together because one alone is shorter than the clock can " +
    "resolve, each sample is their mean",
};

const SHAPE: Term = {
  term: "shape",
  meaning: "the samples from min to p99.9, each row on its own logarithmic axis",
};

/** What one operation costs its caller, host by host. */
export function costSection(hosts: readonly HostView[]): Section | null {
  return sectionOf(
    hosts,
    {
      id: "cost",
      title: "Cost of one operation",
      blocks: [
        intro(
          "How long the caller waits. The curves show the whole distribution: the horizontal axis " +
            `is the percentile, drawn as 1/(1-p), so that each step from ${AXIS_ENDS} has the same ` +
            "width; the vertical axis is the time, logarithmic. Flat is good; a rise to the right " +
            "is the rare, slow case. Each chart has its figures in the table beside it.",
        ),
        terms(
          {
            term: "p50, p99, p99.9",
            meaning: "the time that 50, 99 or 99.9 of 100 operations did not exceed",
          },
          {
            term: "kept",
            meaning: "samples that count: every sibling ran right before and right after, and no " +
              "thread was switched out. Without that proof a time may be that of reaching nobody.",
          },
          { term: "dropped", meaning: "samples without that proof" },
          {
            term: "IPIs/op",
            meaning: "interrupts that the siblings received per operation",
          },
          REPEATED,
          {
            term: "caller, sibling",
            meaning: "threads that call the technique, and threads of the same process that " +
              "spin on other CPUs; same-cache, smt, same-node, other-node say how far they are apart",
          },
          {
            term: "…-untouched (dashed)",
            meaning: "the same calls on a page that was never populated: the control " +
              "in which nothing has to be flushed and nobody is interrupted",
          },
        ),
      ],
    },
    blocksOf,
    ({ run }) => run.host.emulated,
  );
}

function blocksOf(host: HostView): Block[] {
  const results = resultsOf(host, "cost");
  if (results.length === 0) return [];
  const crews = [...Map.groupBy(results.filter(({ available }) => available), crewOf)];
  // The more siblings, the more there is to see; one caller before several
  const drawn = crews.map(([, rows]) => rows).toSorted(([left], [right]) =>
    left!.callers - right!.callers || right!.siblings - left!.siblings
  ).slice(0, DRAWN_CREWS);
  return [
    ...host.run.host.emulated
      ? [only(PAGE, paragraph(`Emulated: ${emulatedMeans(host.run.host)}.`, "doubtful"))]
      : [],
    ...crews.flatMap(([crew, rows]) => crewBlocks(host, crew, rows, drawn.includes(rows))),
    // What is missing from every table of a host is worth a line with its reason
    ...unmeasured("Not available here", results, ({ technique }) => technique),
    ...registration(host, results),
  ];
}

/** A crew's techniques: pages draw them by families, terminals have one table. */
function crewBlocks(
  { label, run }: HostView,
  crew: string,
  rows: readonly CostResult[],
  drawn: boolean,
): Block[] {
  const { emulated } = run.host;
  const figures = (caption: string, members: readonly CostResult[]): ReportTable =>
    tableOf(`${caption}, on ${label}`, members, COLUMNS, emulated, headingOf(rows));
  const charts = families.flatMap(({ title, family }): Block[] => {
    const members = rows.filter(({ technique }) => familyOf(technique) === family);
    const table = figures(`${title}: ${crew}`, members);
    return members.length === 0 ? [] : [chartOf(table.caption, members, table, emulated)];
  });
  return [
    ...drawn ? [only(TERMINAL, figures(crew, rows)), ...charts] : [figures(crew, rows)],
    ...rows.some(({ opsPerSample }) => opsPerSample > 1) ? [termNotes(REPEATED)] : [],
    ...rows.some(({ ns }) => ns !== null) ? [termNotes(SHAPE)] : [],
    ...costNotes(rows),
  ];
}

/** Who took part and where; rows of several runs may have had other CPUs. */
function headingOf(rows: readonly CostResult[]): string {
  const headings = new Set(rows.map((row) => {
    const callers = `${formatCount(row.callers, "caller")}${onCpus(row.callerCpus)}`;
    const siblings = `${formatCount(row.siblings, "sibling")}${onCpus(row.siblingCpus)}`;
    return `${callers}, ${siblings}${row.placement === "none" ? "" : `, ${row.placement}`}`;
  }));
  const [first] = headings;
  return `Cost of one operation: ${headings.size === 1 ? first : crewOf(rows[0]!)}`;
}

/** In a narrow terminal the 90th percentile goes first, then the greatest time, then the shape. */
const COLUMNS: readonly CellColumn<CostResult>[] = [
  {
    title: "technique",
    cell: ({ technique, opsPerSample }) =>
      opsPerSample === 1 ? technique : `${technique} ×${opsPerSample}`,
  },
  { title: "p50", right: true, cell: ({ ns }) => time(ns?.p50) },
  { title: "p90", right: true, cell: ({ ns }) => time(ns?.p90), dispensable: 3 },
  { title: "p99", right: true, cell: ({ ns }) => time(ns?.p99) },
  { title: "p99.9", right: true, cell: ({ ns }) => time(ns?.p999), only: PAGE },
  { title: "max", right: true, cell: ({ ns }) => time(ns?.max), dispensable: 2 },
  { title: "kept", right: true, cell: ({ count }) => String(count) },
  {
    title: "dropped",
    right: true,
    cell: (row) => ({ text: formatShare(dropped(row)), tone: dropTone(row) }),
  },
  { title: "IPIs/op", right: true, cell: ({ ipisPerOp }) => perOperation(ipisPerOp?.value) },
  { title: "shape (log)", cell: shapeOf, dispensable: 1, only: TERMINAL },
];

function dropped({ count, dropped }: CostResult): number {
  const taken = count + dropped;
  return taken === 0 ? 0 : dropped / taken;
}

function dropTone(row: CostResult): Tone {
  if (row.count === 0) return "bad";
  return dropped(row) >= MANY_DROPPED ? "doubtful" : "plain";
}

/**
 * The shape of a technique's times on an axis of its own: where two modes lie side by side shows
 * there, while on an axis for the whole table most techniques would be a single cell.
 */
function shapeOf({ histogram, ns }: CostResult): string {
  if (histogram === null || ns === null) return "";
  const low = Math.max(1, ns.min * 1000);
  return spark(logCells(histogram, { low, high: Math.max(low, ns.p999 * 1000) }, CELLS));
}

/** The first time in a process with one thread, the first time in one with many, and again. */
function registration({ label, run }: HostView, results: readonly CostResult[]): Block[] {
  const rows = results.flatMap(({ technique, registerNs }) =>
    registerNs === null ? [] : [{ technique, ...registerNs }]
  );
  // Of several the first counts, which is the newest
  const unique = [...Map.groupBy(rows, ({ technique }) => technique).values()]
    .map(([newest]) => newest!);
  if (unique.length === 0) return [];
  return [
    intro(
      "Most membarrier commands want the process to register first. With several threads the " +
        "kernel then waits for an RCU grace period, so a program registers before it starts threads.",
    ),
    tableOf(
      `Cost of registering, on ${label}`,
      unique,
      [
        { title: "technique", cell: ({ technique }) => technique },
        { title: "first, one thread", right: true, cell: (row) => registered(row.coldSingle) },
        { title: "first, many threads", right: true, cell: (row) => registered(row.coldThreaded) },
        { title: "again", right: true, cell: (row) => registered(row.warm) },
      ],
      run.host.emulated,
      "Cost of registering",
    ),
    paragraph("median (greatest) of the registrations", "faint"),
  ];
}

function registered(registration: Registration | null): string {
  if (registration === null || registration.count === 0) return "–";
  return `${time(registration.p50)} (${time(registration.max)})`;
}
