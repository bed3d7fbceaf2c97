import { COMMIT_SECONDS, commitRatio, type CommitRow, commitRows } from "./commit_2015.ts";
import { type FlavourId, flavourOf } from "./flavours.ts";
import type { RcuResult } from "./rcu_schema.ts";
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

/** Userspace RCU with each technique, beside the figures with which membarrier came to Linux. */
export function rcuSection(hosts: readonly HostView[]): Section | null {
  const groups = hosts.flatMap((host) => {
    const blocks = [...benches(host), ...tortures(host)];
    return blocks.length === 0 ? [] : [group(hostTitle(host), blocks)];
  });
  if (groups.length === 0) return null;
  const rows = Object.entries(commitRows) as [FlavourId, CommitRow][];
  return {
    id: "rcu",
    title: "Userspace RCU",
    blocks: [
      paragraph(
        "Read-copy-update lets readers go on while a writer replaces data and waits until no reader " +
          "can still see the old version. Its readers are the light side and its writers the heavy " +
          "side: the cheaper a reader's section, the dearer the grace period.",
      ),
      terms(
        ["flavour", "what reader and writer do for the fence between them"],
        ["mb", "readers execute full fences: the flavour that needs no technique"],
        ["membarrier-dyncheck", "readers test in each section whether membarrier is there"],
        ["qsbr", "readers do nothing but report a quiescent state now and then"],
        ["section", "what a reader does between lock and unlock"],
        ["grace period", "how long a writer waits until no reader sees the old version"],
        ["reads × mb", "reads per second in relation to those of mb on the same host"],
        [
          "stale",
          "sections that saw an object after it was freed: proof that the flavour is unsound",
        ],
      ),
      tableOf(
        `The kernel commit that added sys_membarrier (5b25b13ab08f, 2015): 6 readers and 2 writers ` +
          `for ${COMMIT_SECONDS} s on an 8-core Xeon E5405; its call is GLOBAL today`,
        rows,
        [
          { title: "flavour", cell: ([flavour]) => flavour },
          { title: "reads", right: true, cell: ([, { reads }]) => grouped(reads) },
          { title: "writes", right: true, cell: ([, { writes }]) => grouped(writes) },
          {
            title: "reads × mb",
            right: true,
            cell: ([flavour]) => commitRatio(flavour)?.toFixed(2) ?? "–",
          },
        ],
      ),
      ...groups,
    ],
  };
}

function benches(host: HostView): Block[] {
  const { emulated } = host.run.host;
  const results = resultsOf(host, "rcu").filter(({ mode }) => mode === "bench");
  const crews = Map.groupBy(
    results,
    ({ readers, writers }) => `${readers} readers, ${writers} writers`,
  );
  const tables = [...crews].map(([crew, rows]) => {
    const mb = rows.find(({ flavour, available }) => flavour === "mb" && available);
    return tableOf(`${crew}, on ${host.label}`, rows, [
      { title: "flavour", cell: ({ flavour }) => flavour },
      { title: "readers do", cell: ({ flavour }) => flavourOf(flavour).reader },
      { title: "seconds", right: true, cell: (row) => outcome(row, () => row.seconds.toFixed(1)) },
      { title: "reads", right: true, cell: ({ reads }) => grouped(reads) },
      { title: "writes", right: true, cell: ({ writes }) => grouped(writes) },
      // An emulator's fence costs what the emulator makes of it: no ratio there
      ...emulated ? [] : [{
        title: "reads × mb",
        right: true,
        cell: (row: RcuResult): Text => ratio(row, mb),
      }, {
        title: "the commit's",
        right: true,
        cell: ({ flavour }: RcuResult): Text => commitRatio(flavour)?.toFixed(2) ?? "–",
      }],
      { title: "section p50", right: true, cell: ({ readNs }) => time(readNs?.p50) },
      {
        title: "grace period p50",
        right: true,
        cell: ({ gracePeriodNs }) => time(gracePeriodNs?.p50),
      },
      { title: "p99", right: true, cell: ({ gracePeriodNs }) => time(gracePeriodNs?.p99) },
    ], emulated);
  });
  if (tables.length === 0 || emulated) return tables;
  return [
    ...tables,
    paragraph(
      "With fewer CPUs than threads the number of writes depends on how the scheduler happens to " +
        "mix them: compare reads, and writes only where each thread has a CPU.",
      "faint",
    ),
  ];
}

function outcome({ available, reason }: RcuResult, text: () => string): Text {
  return available ? text() : { text: `not run: ${reason ?? "no reason given"}`, tone: "faint" };
}

/** Reads per second in relation to mb's. */
function ratio(row: RcuResult, mb: RcuResult | undefined): string {
  if (!row.available || !mb || mb.reads === 0 || mb.seconds === 0 || row.seconds === 0) return "–";
  return (row.reads / row.seconds / (mb.reads / mb.seconds)).toFixed(2);
}

function tortures(host: HostView): Block[] {
  const rows = resultsOf(host, "rcu").filter(({ mode }) => mode === "torture");
  if (rows.length === 0) return [];
  return [
    paragraph(
      "Torture: does any reader see an object after it was freed? Mutants leave the writer's heavy " +
        "fence out and must be caught where the host reorders.",
    ),
    tableOf(`Torture, on ${host.label}`, rows, [
      { title: "flavour", cell: ({ flavour, mutant }) => mutant ? `${flavour} (mutant)` : flavour },
      { title: "promised", cell: ({ flavour }) => flavourOf(flavour).promised ? "yes" : "no" },
      {
        title: "stale",
        right: true,
        cell: (row) => outcome(row, () => grouped(row.stale)),
      },
      { title: "sections", right: true, cell: ({ reads }) => grouped(reads) },
      { title: "grace periods", right: true, cell: ({ writes }) => grouped(writes) },
    ], host.run.host.emulated),
  ];
}

/** "1 701 557 485", with spaces that no line breaks at. */
function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, "\u00a0");
}
