import { type MatrixCell, matrixOf } from "../../ladders/matrix.ts";
import {
  type Block,
  BREAK,
  type Inline,
  paragraph,
  type Section,
  tableOf,
  terms,
  type Text,
} from "../../document/blocks.ts";
import type { HostView } from "../../experiments/run/host_view.ts";
import { findTechnique, type Promise as Promised } from "../../format/techniques.ts";
import { expectedOf } from "../../format/verdict.ts";
import { hostTitle, time, verdictText } from "../../experiments/run/words.ts";

/** Techniques times hosts in one table: what each is worth where. */
export function matrixSection(hosts: readonly HostView[]): Section | null {
  const rows = matrixOf(hosts.map(({ run }) => run));
  if (rows.length === 0) return null;
  const table: Block = tableOf("Techniques by host", rows, [
    { title: "technique", cell: ({ technique }) => described(technique) },
    { title: "promise", cell: ({ cells }) => promised(cells[0]!.promised) },
    ...hosts.map((host, at) => ({
      title: hostTitle(host),
      cell: ({ cells }: { cells: readonly MatrixCell[] }): Text => cellText(cells[at]!),
    })),
  ]);
  return {
    id: "matrix",
    title: "Techniques and hosts",
    blocks: [
      paragraph(
        "Each cell says, as far as it was measured: the verdict about ordering, interrupts that " +
          "one operation causes on each sibling, what the operation costs its caller, and what it " +
          "takes from the sibling.",
      ),
      terms(
        {
          term: "promise",
          meaning:
            "what documentation says: ordering of memory, restart of rseq sections (rseq-restart), or " +
            "nothing at all. A control is known not to order other CPUs.",
        },
        {
          term: "ordered",
          meaning:
            "no outcome that a fence forbids was seen, where many were to be expected without one",
        },
        { term: "not-ordered", meaning: "such an outcome was seen: proof that it is no fence" },
        {
          term: "not-discriminable, starved",
          meaning: "the test could not have told, or a side did not get to run",
        },
        {
          term: "interrupts",
          meaning: "inter-processor interrupts (IPIs) that arrived at the sibling, per " +
            "operation. A technique that is no barrier sends none; 1.00 is one for each call.",
        },
        { term: "caller", meaning: "median time of one operation beside a running sibling" },
        {
          term: "sibling",
          meaning: "median time that the interrupt's handler takes from the sibling",
        },
        {
          term: "refused",
          meaning: "the kernel or a limit does not let the technique be used there",
        },
      ),
      ...hosts.some(({ run }) => run.host.emulated)
        ? [paragraph("Times in columns of emulated hosts are the emulator's.", "doubtful")]
        : [],
      table,
    ],
  };
}

function described(technique: string): Text {
  const does = findTechnique(technique)?.does;
  return does === undefined ? technique : [technique, BREAK, { text: does, tone: "faint" }];
}

function promised(promise: Promised): Text {
  if (promise === "nothing") return { text: "nothing", tone: "doubtful" };
  return promise === "control" ? { text: "control", tone: "faint" } : promise;
}

function cellText(cell: MatrixCell): Text {
  if (cell.available === null) return { text: "not tried", tone: "faint" };
  if (!cell.available) return { text: "refused", tone: "doubtful" };
  const lines: Inline[] = [];
  if (cell.verdict !== null) {
    lines.push(verdictText(cell.verdict, expectedOf(cell.promised)));
  }
  if (cell.interruptsPerOp !== null) lines.push(`${cell.interruptsPerOp.toFixed(2)} interrupts`);
  if (cell.p50Ns !== null) lines.push(`caller ${time(cell.p50Ns)}`);
  // Whom nobody interrupts pays nothing: a handler in the trace was somebody else's
  if (cell.siblingNs !== null && (cell.interruptsPerOp ?? 0) > 0.1) {
    lines.push(`sibling ${time(cell.siblingNs)}`);
  }
  if (lines.length === 0) return "available";
  return lines.flatMap((line, at) => at === 0 ? [line] : [BREAK, line]);
}
