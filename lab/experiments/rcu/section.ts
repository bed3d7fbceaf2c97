/** What people read about userspace RCU, beside the figures with which membarrier came to Linux. */

import {
  type Block,
  type CellColumn,
  type Inline,
  intro,
  list,
  PAGE,
  paragraph,
  type Section,
  tableOf,
  terms,
} from "../../document/blocks.ts";
import { formatSeconds, smallShare } from "../../text/units.ts";
import type { HostView } from "../run/host_view.ts";
import { grouped, resultsOf, sectionOf, time, UNDECIDED, unmeasured } from "../run/words.ts";
import {
  COMMIT_SECONDS,
  type CommitMb,
  commitMbOf,
  commitRatio,
  commitRow,
} from "./commit_2015.ts";
import { flavourOf } from "./flavours.ts";
import type { RcuResult } from "./rcu_schema.ts";
import { staleFlavours } from "./stale.ts";
import { LACKS_CONTROL, threadsOf, tortureOf, type TortureVerdict } from "./torture_verdict.ts";

/** Userspace RCU with each technique, host by host. */
export function rcuSection(hosts: readonly HostView[]): Section | null {
  return sectionOf(hosts, {
    id: "rcu",
    title: "Userspace RCU",
    blocks: [
      intro(
        "Read-copy-update lets readers go on while a writer replaces data and waits until no reader " +
          "can still see the old version. Its readers are the light side and its writers the heavy " +
          "side: the cheaper a reader's section, the dearer the grace period.",
      ),
      terms(
        { term: "flavour", meaning: "what reader and writer do for the fence between them" },
        { term: "mb", meaning: "readers execute full fences: the flavour that needs no technique" },
        {
          term: "mb-mfence",
          meaning: "the same with MFENCE, as liburcu has it on x86-64, instead of a locked add",
        },
        {
          term: "membarrier-dyncheck",
          meaning: "readers test in each section whether membarrier is there",
        },
        {
          term: "qsbr",
          meaning: "readers do nothing but report a quiescent state now and then",
        },
        { term: "lock+unlock", meaning: "what a reader's section with its load takes, median" },
        {
          term: "grace period",
          meaning: "how long a writer waits until no reader sees the old version",
        },
        {
          term: "reads/mb",
          meaning: "reads per second in relation to those of mb on the same host",
        },
        {
          term: "reads/mb-mfence",
          meaning: "the same in relation to mb-mfence, as in the table of 2015",
        },
        {
          term: "stale",
          meaning:
            "sections that saw an object after it was freed: proof that the flavour is unsound",
        },
        {
          term: "no-stale-readers",
          meaning:
            "none was seen, and 20 or more were to be expected if nothing ordered the readers",
        },
        { term: "stale-readers", meaning: "a section held an object after it was freed: proof" },
        {
          term: "stale without fences",
          meaning: "what the same threads showed in as much time with neither side's fences",
        },
        {
          term: "failing grace periods",
          meaning: "with 95 % confidence a smaller share than that does not order, if those that " +
            "fail last as long as others",
        },
      ),
    ],
  }, blocksOf);
}

function blocksOf(host: HostView): Block[] {
  const results = resultsOf(host, "rcu");
  const crews = Map.groupBy(
    results.filter(({ available }) => available),
    (row) => `${row.mode} ${threadsOf(row)}`,
  );
  const blocks = [...crews.values()].flatMap((rows) =>
    rows[0]!.mode === "torture" ? torture(host, rows) : bench(host, rows)
  );
  const title = "RCU flavours that cannot run here";
  return [...blocks, ...unmeasured(title, results, ({ flavour }) => flavour)];
}

const FLAVOUR: CellColumn<RcuResult> = {
  title: "flavour",
  cell: ({ flavour, mutant }) => mutant ? `${flavour} (mutant)` : flavour,
};

/** The kernel commit's table beside today's, then what reading and writing take. */
function bench({ label, run }: HostView, rows: readonly RcuResult[]): Block[] {
  const { emulated } = run.host;
  const [first] = rows;
  const like = commitMbOf(rows);
  // Results of a host may come from several runs, which took different times
  const times = [...new Set(rows.map(({ seconds }) => formatSeconds(seconds)))];
  const span = times.length === 1 ? ` in ${times[0]}` : "";
  const heading = `Userspace RCU: operations${span}, ${threadsOf(first!)}`;
  const costs = "Userspace RCU: cost of a section with its load, and of a grace period";
  const operations: CellColumn<RcuResult>[] = [
    FLAVOUR,
    { title: "readers do", cell: readerWords, only: PAGE },
    { title: "reads", right: true, cell: ({ reads }) => grouped(reads) },
    { title: "writes", right: true, cell: ({ writes }) => grouped(writes) },
  ];
  if (times.length > 1) {
    operations.push({ title: "in", right: true, cell: ({ seconds }) => formatSeconds(seconds) });
  }
  // An emulator's fence costs what the emulator makes of it: no ratio there
  if (!emulated) {
    operations.push(
      relativeColumn("mb", rows),
      ...like === "mb" ? [] : [relativeColumn(like, rows)],
      {
        title: "2015: reads",
        right: true,
        cell: ({ flavour }) => grouped(commitRow(flavour, like)?.reads),
        dispensable: 1,
      },
      {
        title: "2015: writes",
        short: "writes",
        right: true,
        cell: ({ flavour }) => grouped(commitRow(flavour, like)?.writes),
        dispensable: 2,
      },
      {
        title: `2015: reads/${like}`,
        short: `2015: /${like}`,
        right: true,
        cell: ({ flavour }) => ratio(commitRatio(flavour, like)),
      },
    );
  }
  return [
    tableOf(`${heading}, on ${label}`, rows, operations, emulated, heading),
    ...emulated ? [] : [paragraph(COMMIT_NOTE, "faint")],
    tableOf(`${costs}, on ${label}`, rows, TIMES, emulated, costs),
  ];
}

const COMMIT_NOTE =
  `2015: kernel commit 5b25b13ab08f, ${COMMIT_SECONDS} s, 6 readers and 2 writers on ` +
  "8 cores. Its mb executed MFENCE, as mb-mfence does on x86-64, and its membarrier waited for " +
  "grace periods of the kernel, as membarrier-global does; so did its dyncheck, whose reader " +
  "alone is alike. Only the ratios compare machines";

const TIMES: readonly CellColumn<RcuResult>[] = [
  FLAVOUR,
  { title: "lock+unlock", right: true, cell: ({ readNs }) => time(readNs?.p50) },
  {
    title: "writes/s",
    right: true,
    cell: ({ writes, seconds }) => grouped(seconds === 0 ? undefined : writes / seconds),
  },
  ...(["p50", "p90", "p99"] as const).map((quantile): CellColumn<RcuResult> => ({
    title: `grace period ${quantile}`,
    short: quantile,
    right: true,
    cell: ({ gracePeriodNs }) => time(gracePeriodNs?.[quantile]),
  })),
  { title: "heavy fence", cell: ({ technique }) => technique, dispensable: 1 },
];

/** "full fences (lock; addl)": what a reader executes, and which instruction its full fence is. */
function readerWords({ flavour, readerFence }: RcuResult): string {
  return `${flavourOf(flavour).reader}${readerFence ? ` (${readerFence})` : ""}`;
}

/** Reads in relation to those of a flavour with fences in the reader. */
function relativeColumn(mb: CommitMb, rows: readonly RcuResult[]): CellColumn<RcuResult> {
  const yardstick = rows.find(({ flavour }) => flavour === mb);
  return {
    title: `reads/${mb}`,
    short: mb === "mb" ? "reads/mb" : `/${mb}`,
    right: true,
    cell: (row) => ratio(relativeReads(row, yardstick)),
  };
}

/** Reads relative to those of mb in the same group, both per second; `null` without mb. */
function relativeReads(row: RcuResult, mb: RcuResult | undefined): number | null {
  if (mb === undefined || mb.reads === 0 || row.seconds === 0) return null;
  return (row.reads / row.seconds) / (mb.reads / mb.seconds);
}

function ratio(value: number | null): string {
  return value === null ? "–" : value.toFixed(2);
}

/** Does any reader see an object after it was freed? */
function torture({ label, run }: HostView, rows: readonly RcuResult[]): Block[] {
  const heading = `RCU torture: sections whose object was freed meanwhile, ${threadsOf(rows[0]!)}`;
  const judged = new Map(rows.map((row) => [row, tortureOf(row, run.host.kernel)]));
  const lacking = rows.some((row) =>
    row.control === undefined && judged.get(row)?.verdict !== undefined
  );
  const columns: CellColumn<RcuResult>[] = [
    FLAVOUR,
    {
      title: "verdict",
      cell: (row) => verdictCell(row, judged.get(row)?.verdict),
    },
    {
      title: "promised",
      cell: ({ flavour }) => flavourOf(flavour).promised ? "yes" : "no",
      only: PAGE,
    },
    { title: "stale", right: true, cell: staleCell },
    { title: "sections", right: true, cell: ({ reads }) => grouped(reads) },
    { title: "grace periods", right: true, cell: ({ writes }) => grouped(writes) },
    {
      title: "stale without fences",
      short: "unfenced",
      right: true,
      cell: ({ control }) => grouped(control?.stale),
    },
    {
      title: "of grace periods",
      short: "of",
      right: true,
      cell: ({ control }) => grouped(control?.gracePeriods),
    },
    {
      title: "failing grace periods",
      short: "failing",
      right: true,
      cell: (row) => {
        const bound = judged.get(row)?.bound ?? null;
        return bound === null ? "–" : `< ${smallShare(bound)}`;
      },
    },
    { title: "time", right: true, cell: ({ seconds }) => formatSeconds(seconds) },
  ];
  return [
    intro(
      "Torture: does any reader see an object after it was freed? Readers clog their store " +
        "buffers, nest sections, begin them late, come and go. Beside each flavour the same " +
        "threads run without fences, their writers waiting as long instead: that nothing stale " +
        "is seen says something only where these show it.",
    ),
    tableOf(`${heading}, on ${label}`, rows, columns, run.host.emulated, heading),
    ...lacking
      ? [paragraph(`Tortures of an older fencelab lack ${LACKS_CONTROL}`, "doubtful")]
      : [],
    list(rows.flatMap((row) => {
      const holds = judged.get(row)?.holds;
      return holds === undefined ? [] : [`${row.flavour}, ${holds}`];
    })),
    ...staleFlavours(rows).map(({ result, promised }) =>
      paragraph(
        `${result.flavour}: readers held freed objects${
          promised
            ? " although the order is documented: do not trust this host, or report it"
            : ": no documentation promises otherwise"
        }`,
        "bad",
      )
    ),
  ];
}

function verdictCell({ flavour }: RcuResult, verdict: TortureVerdict | undefined): Inline {
  if (verdict === undefined) return { text: "–" };
  if (verdict === "not-discriminable") return { text: verdict, tone: UNDECIDED };
  const good = verdict === "no-stale-readers";
  return {
    text: verdict,
    tone: good || !flavourOf(flavour).promised ? good ? "good" : UNDECIDED : "bad",
  };
}

function staleCell({ stale, mutant }: RcuResult): Inline {
  if (stale === 0) return { text: grouped(stale), tone: mutant ? UNDECIDED : "plain" };
  return { text: grouped(stale), tone: mutant ? "good" : "bad" };
}
