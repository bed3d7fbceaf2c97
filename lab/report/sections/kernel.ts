import { formatCpuList } from "../../text/cpu_list.ts";
import {
  type Block,
  group,
  paragraph,
  type Section,
  tableOf,
  terms,
} from "../../document/blocks.ts";
import type { HostView } from "../../experiments/run/host_view.ts";
import { hostTitle, resultsOf, time } from "../../experiments/run/words.ts";

/** Whether the kernel answers as documented, and what it does during each technique. */
export function conformanceSection(hosts: readonly HostView[]): Section | null {
  const groups = hosts.flatMap((host) => {
    const blocks = conformance(host);
    return blocks.length === 0 ? [] : [group(hostTitle(host), blocks)];
  });
  if (groups.length === 0) return null;
  return {
    id: "conformance",
    title: "Does membarrier(2) answer as documented?",
    blocks: [
      paragraph(
        "Each case makes membarrier(2) calls in a fresh process and compares the answer with the " +
          "documented one, also under seccomp filters (as containers install them) that answer " +
          "EPERM or ENOSYS, or kill.",
      ),
      ...groups,
    ],
  };
}

function conformance(host: HostView): Block[] {
  const cases = resultsOf(host, "conformance").flatMap((result) => result.cases);
  if (cases.length === 0) return [];
  const tried = cases.filter(({ skipped }) => !skipped);
  const differ = tried.filter(({ pass }) => !pass);
  const skipped = cases.filter((one) => one.skipped);
  const count = `${tried.length - differ.length} of ${tried.length} cases as documented` +
    (skipped.length === 0 ? "." : `, ${skipped.length} could not be tried there.`);
  const blocks: Block[] = [paragraph(count, differ.length === 0 ? "plain" : "bad")];
  const shown = [...differ, ...skipped];
  if (shown.length > 0) {
    blocks.push(tableOf(`Cases that differ or were not tried, on ${host.label}`, shown, [
      { title: "case", cell: ({ name }) => name },
      { title: "expected", cell: ({ expected }) => ({ code: expected }) },
      {
        title: "answered",
        cell: (one) =>
          one.skipped ? { text: "not tried", tone: "faint" } : { text: one.actual, tone: "bad" },
      },
      { title: "note", cell: ({ note }) => note ?? "" },
    ]));
  }
  return blocks;
}

/** What the kernel did during each operation, from traces. */
export function captureSection(hosts: readonly HostView[]): Section | null {
  const groups = hosts.flatMap((host) => {
    const blocks = captures(host);
    return blocks.length === 0 ? [] : [group(hostTitle(host), blocks)];
  });
  if (groups.length === 0) return null;
  return {
    id: "capture",
    title: "What the kernel does",
    blocks: [
      paragraph(
        "The techniques under the kernel's tracer: whom one operation interrupts, and where its " +
          "time goes. Tracing itself costs time, so these are not the figures to quote.",
      ),
      terms(
        ["IPIs/op", "interrupts sent per operation, from the trace"],
        ["CPUs", "CPUs that were interrupted"],
        ["enter → send", "from the system call to the sending of the interrupt"],
        ["send → entry", "until the target's handler began"],
        ["handler", "how long the target was kept"],
        ["exit → return", "from the end of the handler to the caller's return"],
        ["function", "what the kernel made the target run"],
      ),
      ...groups,
    ],
  };
}

function captures(host: HostView): Block[] {
  return resultsOf(host, "capture").flatMap((result): Block[] => {
    if (!result.available) {
      return [paragraph(`Tracing was not to be had: ${result.reason ?? "no reason given"}.`)];
    }
    const rows = result.techniques.filter(({ available, ops }) => available && ops > 0);
    if (rows.length === 0) return [];
    const table = tableOf(`Medians of traced operations, on ${host.label}`, rows, [
      { title: "technique", cell: ({ technique }) => technique },
      {
        title: "IPIs/op",
        right: true,
        cell: ({ ipisPerOp }) => ipisPerOp === null ? "–" : ipisPerOp.toFixed(2),
      },
      { title: "CPUs", cell: ({ targets }) => formatCpuList(targets) },
      { title: "enter → send", right: true, cell: ({ enterToSendNs }) => time(enterToSendNs?.p50) },
      { title: "send → entry", right: true, cell: ({ sendToEntryNs }) => time(sendToEntryNs?.p50) },
      { title: "handler", right: true, cell: ({ handlerNs }) => time(handlerNs?.p50) },
      {
        title: "exit → return",
        right: true,
        cell: ({ exitToReturnNs }) => time(exitToReturnNs?.p50),
      },
      { title: "function", cell: ({ functions }) => functions.slice(0, 2).join(", ") },
    ], host.run.host.emulated);
    const note = `${result.events} events, ${result.lost} lost; ${result.matched} of ` +
      `${result.sends} calls to other CPUs were matched to their handler.`;
    const worst = result.worst.length === 0 ? [] : [tableOf(
      `The longest operations, on ${host.label}`,
      result.worst,
      [
        { title: "technique", cell: ({ technique }) => technique },
        { title: "took", right: true, cell: ({ ns }) => time(ns) },
        {
          title: "where it went",
          cell: ({ budget }) =>
            budget.filter(({ share }) => share >= 0.05)
              .map(({ phase, share }) => `${phase} ${Math.round(share * 100)} %`).join(", "),
        },
      ],
      host.run.host.emulated,
    )];
    return [table, paragraph(note, "faint"), ...worst];
  });
}
