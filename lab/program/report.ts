/** What a trace says about a program: interrupts caused and suffered. */

import {
  type InterruptingSyscall,
  interruptingSyscalls,
  type Interruption,
  interruptions,
} from "../../traces/analysis/interruptions.ts";
import { number, optional, readRows, text } from "../../traces/analysis/columns.ts";
import type { TraceProcessor } from "../../traces/trace_processor/client.ts";

/** Events on a process's threads, by name; comparable with `perf stat`. */
export interface EventCount {
  readonly pid: number | null;
  readonly processName: string | null;
  readonly event: string;
  readonly count: number;
}

/** The answer of `lab trace`. */
export interface ProgramReport {
  /** Process ids of the program and its descendants; empty for the whole machine. */
  readonly pids: readonly number[];
  /** System calls that interrupted others, those with most targets first. */
  readonly syscalls: readonly InterruptingSyscall[];
  /** Interrupts that the program sent, most frequent first. */
  readonly caused: readonly Interruption[];
  /** Inter-processor interrupts that hit it. */
  readonly suffered: readonly Interruption[];
  readonly eventCounts: readonly EventCount[];
}

/** The program and all processes that descend from it, by the births that the trace holds. */
async function familyOf(processor: TraceProcessor, pid: number): Promise<number[]> {
  const rows = await processor.query(`
    WITH RECURSIVE family(upid, pid) AS (
      SELECT upid, pid FROM process WHERE pid = ${Math.trunc(pid)}
      UNION
      SELECT child.upid, child.pid FROM process AS child JOIN family ON child.parent_upid = family.upid
    )
    SELECT DISTINCT pid FROM family`);
  return readRows(rows, { pid: number }).map((row) => row.pid);
}

async function eventCounts(
  processor: TraceProcessor,
  pids: readonly number[],
): Promise<EventCount[]> {
  const own = pids.length > 0 ? `WHERE process.pid IN (${pids.join(", ")})` : "";
  const rows = await processor.query(`
    SELECT process.pid, process.name AS processName, event.name AS event, COUNT(*) AS count
    FROM ftrace_event AS event
    JOIN thread USING (utid)
    LEFT JOIN process USING (upid)
    ${own}
    GROUP BY process.upid, event.name
    ORDER BY process.pid, event.name`);
  return readRows(rows, {
    pid: optional(number),
    processName: optional(text),
    event: text,
    count: number,
  });
}

/** Adds up what differs only in which process of the program it was, most frequent first. */
export function merge(rows: readonly Interruption[], side: "caused" | "suffered"): Interruption[] {
  const own = side === "caused" ? "senderPid" : "victimPid";
  const groups = Map.groupBy(rows, (row) =>
    JSON.stringify([
      ...[row.senderName, row.victimName, row.syscall, row.callsite, row.name, row.func, row.cpu],
      side === "caused" ? row.victimPid : row.senderPid,
    ]));
  const merged = [...groups.values()].map((group) => ({
    ...group[0]!,
    [own]: group.every((row) => row[own] === group[0]![own]) ? group[0]![own] : null,
    interrupts: group.reduce((sum, row) => sum + row.interrupts, 0),
    lostNs: group.reduce((sum, row) => sum + row.lostNs, 0),
    maxLostNs: greatest(group.map((row) => row.maxLostNs)),
    maxSendToEntry: greatest(group.map((row) => row.maxSendToEntry)),
  }));
  return merged.sort((left, right) => right.interrupts - left.interrupts);
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/**
 * Answers for a program whose trace is loaded.
 *
 * @param pid The program; 0 for the whole machine.
 */
export async function programReport(
  processor: TraceProcessor,
  pid: number,
): Promise<ProgramReport> {
  const pids = pid === 0 ? [] : await familyOf(processor, pid);
  const filter = pid === 0 ? {} : { pids: pids.length > 0 ? pids : [pid] };
  const mine = (side: number | null): boolean =>
    pid === 0 || (side !== null && pids.includes(side));
  const all = await interruptions(processor, filter);
  return {
    pids,
    syscalls: await interruptingSyscalls(processor, filter),
    caused: merge(all.filter((one) => one.kind === "ipi" && mine(one.senderPid)), "caused"),
    suffered: merge(all.filter((one) => one.kind === "ipi" && mine(one.victimPid)), "suffered"),
    eventCounts: await eventCounts(processor, pids),
  };
}
