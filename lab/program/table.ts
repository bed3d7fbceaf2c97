import type { InterruptingSyscall, Interruption } from "../../traces/analysis/interruptions.ts";
import type { ProgramReport } from "./report.ts";
import { printable } from "../text/printable.ts";
import { paint, type RenderOptions } from "../text/style.ts";
import { type Column, renderTable } from "../document/table.ts";
import { formatCount, formatNs } from "../text/units.ts";

/** Rows of each table; the trace holds the rest. */
const MOST = 12;

/** What a program did to others and what was done to it, as text. */
export function renderProgram(report: ProgramReport, options: RenderOptions): string {
  const whole = report.pids.length === 0;
  return [
    block(
      "System calls that interrupted other CPUs",
      table(report.syscalls, syscallColumns(options, whole || report.pids.length > 1), options),
      options,
    ),
    block(
      whole ? "Interrupts sent" : "Interrupts that it caused",
      table(report.caused, causedColumns(options), options),
      options,
    ),
    whole ? "" : block(
      "Interrupts that it suffered",
      table(report.suffered, sufferedColumns(options), options),
      options,
    ),
  ].filter((text) => text !== "").join("\n\n");
}

function block(heading: string, body: string, options: RenderOptions): string {
  return `${paint(heading, "strong", options)}\n${body}`;
}

function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  options: RenderOptions,
): string {
  if (rows.length === 0) return "  none";
  const shown = renderTable(columns, rows.slice(0, MOST), options);
  const more = rows.length - MOST;
  return more > 0 ? `${shown}\n  and ${formatCount(more, "row")} more in the trace` : shown;
}

function time(ns: number | null, options: RenderOptions): string {
  return ns === null ? "-" : formatNs(ns, options);
}

function syscallColumns(options: RenderOptions, several: boolean): Column<InterruptingSyscall>[] {
  const process: Column<InterruptingSyscall>[] = [{
    title: "process",
    text: (row) => `${row.processName ?? "?"} (${row.pid ?? "?"})`,
  }];
  return [
    { title: "system call", text: (row) => row.syscall.replace(/^sys_/, "") },
    ...(several ? process : []),
    { title: "calls", right: true, text: (row) => String(row.calls) },
    { title: "CPUs hit", right: true, text: (row) => String(row.targets) },
    { title: "p50", right: true, text: (row) => time(row.p50, options) },
    { title: "p99", right: true, text: (row) => time(row.p99, options) },
    { title: "worst", right: true, text: (row) => time(row.max, options) },
  ];
}

function causedColumns(options: RenderOptions): Column<Interruption>[] {
  return [
    { title: "interrupts", right: true, text: (row) => String(row.interrupts) },
    { title: "system call", text: (row) => row.syscall?.replace(/^sys_/, "") ?? "-" },
    { title: "call site", text: (row) => place(row.callsite) },
    { title: "function", text: (row) => row.func ?? row.name },
    { title: "CPU", right: true, text: (row) => String(row.cpu) },
    { title: "victim", text: (row) => row.victimName ?? "?" },
    { title: "lost", right: true, text: (row) => time(row.lostNs, options) },
    { title: "longest way", right: true, text: (row) => time(row.maxSendToEntry, options) },
  ];
}

function sufferedColumns(options: RenderOptions): Column<Interruption>[] {
  return [
    { title: "interrupts", right: true, text: (row) => String(row.interrupts) },
    { title: "from", text: (row) => row.senderName ?? "?" },
    { title: "system call", text: (row) => row.syscall?.replace(/^sys_/, "") ?? "-" },
    { title: "function", text: (row) => row.func ?? row.name },
    { title: "CPU", right: true, text: (row) => String(row.cpu) },
    { title: "lost", right: true, text: (row) => time(row.lostNs, options) },
    { title: "worst", right: true, text: (row) => time(row.maxLostNs, options) },
  ];
}

/** A place in the kernel without the offset into its function. */
function place(callsite: string | null): string {
  return callsite === null ? "-" : printable(callsite.replace(/\+0x.*$/, ""));
}
