import { familyOf } from "../../format/techniques.ts";
import type { CostResult } from "../run/run_schema.ts";
import { formatShare } from "../../text/units.ts";
import {
  type Block,
  group,
  paragraph,
  type Section,
  tableOf,
  terms,
} from "../../document/blocks.ts";
import type { HostView } from "../run/host_view.ts";
import { AXIS_ENDS, chartOf, families } from "./latency_chart.ts";
import { crewOf, EMULATED_MEANS, hostTitle, perOperation, resultsOf, time } from "../run/words.ts";

/** Crews of a host that are drawn; the others are in tables. */
const DRAWN_CREWS = 2;

/** What one operation costs its caller: curves and figures, host by host. */
export function costSection(hosts: readonly HostView[]): Section | null {
  const groups = hosts.flatMap((host) => {
    const blocks = costOf(host);
    return blocks.length === 0 ? [] : [group(hostTitle(host), blocks, host.run.host.emulated)];
  });
  if (groups.length === 0) return null;
  return {
    id: "cost",
    title: "Cost of one operation",
    blocks: [
      paragraph(
        "How long the caller waits. The curves show the whole distribution: the horizontal axis " +
          `is the percentile, drawn as 1/(1-p), so that each step from ${AXIS_ENDS} has the same ` +
          "width; the vertical axis is the time, logarithmic. Flat is good; a rise to the right " +
          "is the rare, slow case. Each chart has its figures in the table beside it.",
      ),
      terms(
        ["p50, p99, p99.9", "the time that 50, 99 or 99.9 of 100 operations did not exceed"],
        [
          "kept",
          "samples that count: every sibling ran right before and right after, and no " +
          "thread was switched out. Without that proof a time may be that of reaching nobody.",
        ],
        ["dropped", "samples without that proof"],
        ["IPIs/op", "interrupts that the siblings received per operation"],
        [
          "×N",
          "N operations were timed together because one alone is shorter than the clock can " +
          "resolve; each sample is their mean",
        ],
        [
          "caller, sibling",
          "threads that call the technique, and threads of the same process that " +
          "spin on other CPUs; same-cache, smt, same-node, other-node say how far they are apart",
        ],
        [
          "…-untouched (dashed)",
          "the same calls on a page that was never populated: the control " +
          "in which nothing has to be flushed and nobody is interrupted",
        ],
      ),
      ...groups,
    ],
  };
}

function costOf(host: HostView): Block[] {
  const results = resultsOf(host, "cost");
  const { emulated } = host.run.host;
  const crews = Map.groupBy(results.filter(({ available }) => available), crewOf);
  // The more siblings, the more there is to see; one caller before several
  const ordered = [...crews].sort(([, [left]], [, [right]]) =>
    left!.callers - right!.callers || right!.siblings - left!.siblings
  );
  const blocks = ordered.flatMap(([crew, rows], at): Block[] =>
    at < DRAWN_CREWS
      ? families.flatMap(({ title, family }) => {
        const members = rows.filter(({ technique }) => familyOf(technique) === family);
        if (members.length === 0) return [];
        const heading = `${title}: ${crew}`;
        const table = figures(`${heading}, on ${host.label}`, members, emulated);
        return [chartOf(`${heading}, on ${host.label}`, members, table, emulated)];
      })
      : [figures(`${crew}, on ${host.label}`, rows, emulated)]
  );
  const stamp = emulated ? [paragraph(`Emulated: ${EMULATED_MEANS}.`, "doubtful")] : [];
  return blocks.length + results.length === 0
    ? []
    : [...stamp, ...blocks, ...unavailable(results), ...registration(host, results)];
}

function figures(caption: string, rows: readonly CostResult[], emulated: boolean): ReturnType<
  typeof tableOf
> {
  return tableOf(caption, rows, [
    {
      title: "technique",
      cell: ({ technique, opsPerSample }) =>
        opsPerSample === 1 ? technique : `${technique} ×${opsPerSample}`,
    },
    { title: "IPIs/op", right: true, cell: ({ ipisPerOp }) => perOperation(ipisPerOp?.value) },
    { title: "p50", right: true, cell: ({ ns }) => time(ns?.p50) },
    { title: "p99", right: true, cell: ({ ns }) => time(ns?.p99) },
    { title: "p99.9", right: true, cell: ({ ns }) => time(ns?.p999) },
    { title: "max", right: true, cell: ({ ns }) => time(ns?.max) },
    {
      title: "kept",
      right: true,
      cell: ({ count }) => count === 0 ? { text: "0", tone: "bad" } : String(count),
    },
    { title: "dropped", right: true, cell: ({ count, dropped }) => share(dropped, count) },
  ], emulated);
}

function share(dropped: number, kept: number): string {
  return dropped + kept === 0 ? "–" : formatShare(dropped / (dropped + kept));
}

function unavailable(results: readonly CostResult[]): Block[] {
  const refused = new Map<string, string>();
  for (const { available, technique, reason, errno } of results) {
    if (available) continue;
    refused.set(technique, `${reason ?? "no reason given"}${errno === null ? "" : ` (${errno})`}`);
  }
  if (refused.size === 0) return [];
  return [tableOf("Could not be used there", [...refused], [
    { title: "technique", cell: ([technique]) => technique },
    { title: "why", cell: ([, why]) => why },
  ])];
}

function registration(host: HostView, results: readonly CostResult[]): Block[] {
  const rows = results.filter(({ registerNs }) => registerNs !== null);
  const unique = [...new Map(rows.map((row) => [row.technique, row])).values()];
  if (unique.length === 0) return [];
  return [
    paragraph(
      "Most membarrier commands want the process to register first. With several threads the " +
        "kernel then waits for an RCU grace period, so a program registers before it starts threads.",
    ),
    tableOf(`Registering, on ${host.label} (median)`, unique, [
      { title: "technique", cell: ({ technique }) => technique },
      {
        title: "first time, one thread",
        right: true,
        cell: ({ registerNs }) => time(registerNs?.coldSingle.p50),
      },
      {
        title: "first time, many threads",
        right: true,
        cell: ({ registerNs }) => time(registerNs?.coldThreaded?.p50),
      },
      { title: "again", right: true, cell: ({ registerNs }) => time(registerNs?.warm.p50) },
    ], host.run.host.emulated),
  ];
}
