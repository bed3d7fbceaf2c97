/** Techniques times hosts in one table: what each is worth where. */

import {
  BREAK,
  type CellColumn,
  type Inline,
  intro,
  only,
  PAGE,
  paragraph,
  type Section,
  tableOf,
  TERMINAL,
  terms,
  type Text,
} from "../document/blocks.ts";
import type { HostView } from "../experiments/run/host_view.ts";
import { hostTitle, time, VERDICT_TERMS, verdictText } from "../experiments/run/words.ts";
import { findTechnique, type Promise as Promised } from "../format/techniques.ts";
import { expectedOf } from "../format/verdict.ts";
import { type MatrixCell, matrixOf, type MatrixRow } from "./matrix.ts";

/** The matrix of some hosts; null where none tried a technique. */
export function matrixSection(hosts: readonly HostView[]): Section | null {
  const rows = matrixOf(hosts.map(({ run }) => run));
  if (rows.length === 0) return null;
  const columns: CellColumn<MatrixRow>[] = [
    { title: "technique", cell: ({ technique }) => described(technique) },
    { title: "promised", cell: ({ cells }) => promised(cells[0]!.promised) },
    ...hosts.flatMap((host, at): CellColumn<MatrixRow>[] => [
      { title: hostTitle(host), cell: ({ cells }) => stacked(cells[at]!), only: PAGE },
      { title: hostTitle(host), cell: ({ cells }) => inOneLine(cells[at]!), only: TERMINAL },
    ]),
  ];
  return {
    id: "matrix",
    title: "Techniques and hosts",
    blocks: [
      intro(
        "Each cell says, as far as it was measured: the verdict about ordering, interrupts that " +
          "one operation causes on each sibling, what the operation costs its caller, and what it " +
          "takes from the sibling.",
      ),
      terms(
        {
          term: "promised",
          meaning: "what documentation says: ordering of memory, restart of rseq sections " +
            "(rseq-restart), or nothing at all. A control is known not to order other CPUs.",
        },
        ...VERDICT_TERMS,
        {
          term: "interrupts",
          meaning: "inter-processor interrupts (IPIs) that arrived at the sibling, per " +
            "operation. A technique that is no barrier sends none; 1.00 is one for each call.",
        },
        { term: "caller", meaning: "median time of one operation beside a running sibling" },
        {
          term: "sibling",
          meaning:
            "median time that the interrupt's handler takes from the sibling; none where no " +
            "interrupt arrives",
        },
        {
          term: "not available",
          meaning: "the kernel or a limit does not let the technique be used there",
        },
        {
          term: "failed",
          meaning: "something passing stood in the way, which says nothing of the technique",
        },
      ),
      ...hosts.some(({ run }) => run.host.emulated)
        ? [
          only(
            PAGE,
            paragraph("Times in columns of emulated hosts are the emulator's.", "doubtful"),
          ),
        ]
        : [],
      tableOf("Techniques by host", rows, columns, false, "Techniques and hosts"),
      only(
        TERMINAL,
        paragraph(
          "In each cell: verdict, interrupts per operation, median cost of the caller and, after a " +
            "plus, of each sibling; - where it was not measured. Times of emulated hosts mean nothing",
          "faint",
        ),
      ),
    ],
  };
}

function described(technique: string): Text {
  const does = findTechnique(technique)?.does;
  return does === undefined
    ? technique
    : [technique, BREAK, { text: does, short: "", tone: "faint" }];
}

function promised(promise: Promised): Text {
  if (promise === "nothing") return { text: "nothing", tone: "doubtful" };
  return promise === "control" ? { text: "control", tone: "faint" } : promise;
}

/** What stands in a cell of a host that could not use the technique, or did not try; else null. */
function unusable({ available, failed }: MatrixCell): Text | null {
  if (available === null && failed !== null) return { text: "failed", tone: "doubtful" };
  if (available === null) return { text: "not tried", short: "-", tone: "faint" };
  return available ? null : { text: "not available", tone: "doubtful" };
}

/** Verdict, interrupts and times below one another, without what is not known. */
function stacked(cell: MatrixCell): Text {
  const lines: Inline[] = [];
  if (cell.verdict !== null) lines.push(verdictOf(cell));
  if (cell.interruptsPerOp !== null) lines.push(`${cell.interruptsPerOp.toFixed(2)} interrupts`);
  if (cell.p50Ns !== null) lines.push(`caller ${time(cell.p50Ns)}`);
  if (cell.siblingNs !== null) lines.push(`sibling ${time(cell.siblingNs)}`);
  const text = lines.flatMap((line, at) => at === 0 ? [line] : [BREAK, line]);
  return unusable(cell) ?? (lines.length === 0 ? "available" : text);
}

/** "ordered, 1.00, 8.62 µs + 1.40 µs": as in every other line, with a dash for what is not known. */
function inOneLine(cell: MatrixCell): Text {
  const sibling = cell.siblingNs === null ? "" : ` + ${time(cell.siblingNs)}`;
  return unusable(cell) ??
    `${cell.verdict ?? "–"}, ${cell.interruptsPerOp?.toFixed(2) ?? "–"}, ${
      time(cell.p50Ns)
    }${sibling}`;
}

function verdictOf({ verdict, promised }: MatrixCell): Inline {
  return verdictText(verdict!, expectedOf(promised));
}
