/** What a trace processor says of a trace, in the words of its index: the two must agree. */

import type { TraceProcessor } from "../../traces/trace_processor/client.ts";
import type { BuiltIndex } from "../../traces/index/index_builder.ts";
import { readMark } from "../../traces/index/slice_marks.ts";
import { NO_SLICE } from "../../traces/index/tile.ts";

/** Lines that describe slices or flows, sorted. */
export type Lines = readonly string[];

/** Everything that an index and a trace processor both know. */
export interface Account {
  /** Runs whose begin and end were recorded: CPU, begin, end, thread. */
  readonly runs: Lines;
  /** Handlers: CPU, begin, end, name. */
  readonly handlers: Lines;
  /** Functions that they called: the same. */
  readonly calls: Lines;
  /** Operations: thread, begin, end, technique, number, CPU, sends, targets, whether kept. */
  readonly operations: Lines;
  /** Flows: begin of the sending operation or nothing, CPU and begin of the handler. */
  readonly flows: Lines;
}

/** The account of an index. */
export function accountOf({ meta, columns }: BuiltIndex): Account {
  const { slices, lanes, operations, flows } = columns;
  const start = BigInt(meta.start);
  const time = (ns: number): bigint => start + BigInt(ns);
  const account = {
    runs: [] as string[],
    handlers: [] as string[],
    calls: [] as string[],
    operations: [] as string[],
    flows: [] as string[],
  };
  const cpuOf = new Map<number, number>();
  let operation = 0;
  for (let lane = 0; lane < lanes.rows.length; lane++) {
    const { kind, cpu, tid } = meta.rows[lanes.rows[lane]!]!;
    for (let slice = lanes.firsts[lane]!; slice < lanes.firsts[lane + 1]!; slice++) {
      const name = slices.names[slice]!;
      const times = `${time(slices.begins[slice]!)} ${time(slices.ends[slice]!)}`;
      if (kind === "operations") {
        const at = operation++;
        const targets = operations.targets.subarray(
          operations.targetFirsts[at],
          operations.targetFirsts[at + 1],
        );
        account.operations.push(
          `${tid} ${times} ${meta.names[name]} ${operations.ids[at]} ${operations.cpus[at]} ` +
            `${operations.sends[at]} ${targets.join(",")} ${operations.kept[at]}`,
        );
      } else if (kind === "interrupts") {
        cpuOf.set(slice, cpu!);
        const list = lanes.depths[lane] === 0 ? account.handlers : account.calls;
        list.push(`${cpu} ${times} ${meta.names[name]}`);
      } else if (!readMark(slices.marks[slice]!).incomplete) {
        account.runs.push(`${cpu} ${times} ${meta.nameTids[name]}`);
      }
    }
  }
  for (let flow = 0; flow < flows.sent.length; flow++) {
    const from = flows.fromSlices[flow]!;
    const to = flows.toSlices[flow]!;
    const sender = from === NO_SLICE ? "none" : time(slices.begins[from]!);
    account.flows.push(`${sender} ${cpuOf.get(to)} ${time(slices.begins[to]!)}`);
  }
  return sorted(account);
}

/** The account of the trace that a trace processor has loaded, by plain SQL. */
export async function accountBySql(processor: TraceProcessor): Promise<Account> {
  const lines = async (sql: string): Promise<string[]> => {
    const { rows } = await processor.query(sql);
    return rows.map((row) => row.map((value) => value ?? "").join(" "));
  };
  const argument = (slice: string, name: string): string =>
    `extract_arg(${slice}.arg_set_id, 'debug.${name}')`;
  const interrupts = (category: string): Promise<string[]> =>
    lines(`SELECT ${argument("slice", "cpu")}, ts, ts + dur, name FROM slice
      WHERE category = '${category}' AND dur >= 0`);
  return sorted({
    runs: await lines(`SELECT cpu, ts, ts + dur, tid FROM sched JOIN thread USING (utid)
      WHERE dur >= 0`),
    handlers: await interrupts("fencelab.irq"),
    calls: await interrupts("fencelab.call"),
    operations: await lines(`SELECT tid, slice.ts, slice.ts + slice.dur, slice.name,
        ${argument("slice", "op_id")}, ${argument("slice", "cpu")}, ${argument("slice", "sends")},
        ${argument("slice", "targets")}, ${argument("slice", "kept")}
      FROM slice JOIN thread_track ON slice.track_id = thread_track.id JOIN thread USING (utid)
      WHERE slice.category = 'fencelab.op'`),
    flows: await lines(`
      WITH ends AS (
        SELECT slice_out AS a, slice_in AS b FROM flow
        UNION ALL SELECT slice_in, slice_out FROM flow
      )
      SELECT
        IIF(sender.category = 'fencelab.op', sender.ts, 'none'),
        ${argument("handler", "cpu")}, handler.ts
      FROM ends
      JOIN slice AS sender ON sender.id = ends.a
      JOIN slice AS handler ON handler.id = ends.b
      WHERE sender.category != 'fencelab.irq' AND handler.category = 'fencelab.irq'`),
  });
}

function sorted(account: Account): Account {
  const entries = Object.entries(account).map(([name, lines]) => [name, lines.toSorted()]);
  return Object.fromEntries(entries) as Account;
}
