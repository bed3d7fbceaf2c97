/** What people read of a program's trace: what it did to others and what was done to it. */

import type { InterruptingSyscall, Interruption } from "../../traces/analysis/interruptions.ts";
import {
  type CellColumn,
  type Group,
  group,
  paragraph,
  type Section,
  tableOf,
} from "../document/blocks.ts";
import { time } from "../experiments/run/words.ts";
import { formatCount } from "../text/units.ts";
import type { ProgramReport } from "./report.ts";

/** Rows of each table; the trace holds the rest. */
const MOST = 12;

/** Interrupts that a program caused and suffered; of the whole machine those that were sent. */
export function programSection({ pids, syscalls, caused, suffered }: ProgramReport): Section {
  const whole = pids.length === 0;
  // Of one process the name says nothing
  const calls = whole || pids.length > 1 ? SYSCALLS : SYSCALLS.filter((one) => one !== PROCESS);
  return {
    id: "program",
    title: "Interrupts of the program",
    blocks: [
      part("System calls that interrupted other CPUs", syscalls, calls),
      part(whole ? "Interrupts sent" : "Interrupts that it caused", caused, CAUSED),
      ...whole ? [] : [part("Interrupts that it suffered", suffered, SUFFERED)],
    ],
  };
}

function part<Row>(
  title: string,
  rows: readonly Row[],
  columns: readonly CellColumn<Row>[],
): Group {
  const more = rows.length - MOST;
  return group(
    title,
    rows.length === 0 ? [paragraph("none")] : [
      tableOf(title, rows.slice(0, MOST), columns, false, ""),
      ...more > 0 ? [paragraph(`and ${formatCount(more, "row")} more in the trace`)] : [],
    ],
  );
}

const PROCESS: CellColumn<InterruptingSyscall> = {
  title: "process",
  cell: ({ processName, pid }) => `${processName ?? "?"} (${pid ?? "?"})`,
};

const SYSCALLS: readonly CellColumn<InterruptingSyscall>[] = [
  { title: "system call", cell: nameOf },
  PROCESS,
  { title: "calls", right: true, cell: ({ calls }) => String(calls) },
  { title: "CPUs hit", right: true, cell: ({ targets }) => String(targets) },
  { title: "p50", right: true, cell: ({ p50 }) => time(p50) },
  { title: "p99", right: true, cell: ({ p99 }) => time(p99) },
  { title: "worst", right: true, cell: ({ max }) => time(max) },
];

const CAUSED: readonly CellColumn<Interruption>[] = [
  { title: "interrupts", right: true, cell: ({ interrupts }) => String(interrupts) },
  { title: "system call", cell: nameOf },
  // A place in the kernel without the offset into its function
  { title: "call site", cell: ({ callsite }) => callsite?.replace(/\+0x.*$/, "") ?? "–" },
  { title: "function", cell: ({ func, name }) => func ?? name },
  { title: "CPU", right: true, cell: ({ cpu }) => String(cpu) },
  { title: "victim", cell: ({ victimName }) => victimName ?? "?" },
  { title: "lost", right: true, cell: ({ lostNs }) => time(lostNs) },
  { title: "longest way", right: true, cell: ({ maxSendToEntry }) => time(maxSendToEntry) },
];

const SUFFERED: readonly CellColumn<Interruption>[] = [
  { title: "interrupts", right: true, cell: ({ interrupts }) => String(interrupts) },
  { title: "from", cell: ({ senderName }) => senderName ?? "?" },
  { title: "system call", cell: nameOf },
  { title: "function", cell: ({ func, name }) => func ?? name },
  { title: "CPU", right: true, cell: ({ cpu }) => String(cpu) },
  { title: "lost", right: true, cell: ({ lostNs }) => time(lostNs) },
  { title: "worst", right: true, cell: ({ maxLostNs }) => time(maxLostNs) },
];

function nameOf({ syscall }: { readonly syscall: string | null }): string {
  return syscall?.replace(/^sys_/, "") ?? "–";
}
