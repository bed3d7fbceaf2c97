/** Joins what a builder gathered into an index: numbers slices, resolves flows, makes levels. */

import type { FlowColumns, IndexColumns, LaneColumns, SliceColumns } from "./columns.ts";
import type { BuiltIndex, TraceFacts, TraceIndexBuilder } from "./index_builder.ts";
import type { Lane } from "./lanes.ts";
import { keptLevels, levelsOf, makeLevel } from "./levels.ts";
import { INDEX_SCHEMA, type IndexRow } from "./meta.ts";
import { NO_SLICE, TILE_BUCKETS } from "./tile.ts";

const BASE_UNIT = 1n << 32n;

/** Where the trace begins and ends, ns relative to the base. */
interface Extent {
  readonly begin: number;
  readonly end: number;
}

/** Where lanes went, by their numbers. */
interface Places {
  readonly rows: Uint32Array;
  /** Numbers of their first slices. */
  readonly firsts: Uint32Array;
}

/** The index, levels of detail included. @throws {RangeError} If the trace was not described. */
export function joinColumns(builder: TraceIndexBuilder): BuiltIndex {
  const { facts } = builder;
  for (const cpu of builder.arrivals.senderCpus.values) builder.lanes.of("cpu", cpu);
  const { end } = extentOf(builder.lanes.ordered(), facts);
  builder.running.finish(end);
  const lanes = builder.lanes.ordered();
  const extent = extentOf(lanes, facts);
  const durationNs = extent.end - extent.begin;
  const rows = rowsOf(lanes, facts);
  const places = placesOf(lanes, rows);
  const slices = joinSlices(lanes, extent);
  const { names, nameKinds, nameTids } = builder.names.columns;
  const laneColumns = {
    rows: Uint32Array.from(lanes, ({ number }) => places.rows[number]!),
    depths: Uint32Array.from(lanes, ({ depth }) => depth),
    firsts: Uint32Array.from(
      [...lanes.map(({ number }) => places.firsts[number]!), slices.begins.length],
    ),
  } satisfies LaneColumns;
  const columns: IndexColumns = {
    slices,
    lanes: laneColumns,
    operations: joinOperations(builder, places),
    flows: joinFlows(builder, places, extent),
    levels: keptLevels(durationNs, laneColumns.firsts).map((level) =>
      makeLevel(level, durationNs, laneColumns, slices, nameKinds)
    ),
  };
  return {
    columns,
    meta: {
      schema: INDEX_SCHEMA,
      start: String(BigInt(facts.baseHigh) * BASE_UNIT + BigInt(extent.begin)),
      durationNs,
      events: facts.events,
      lost: facts.lost,
      arch: facts.arch,
      kernel: facts.kernel,
      cpus: rows.flatMap(({ kind, cpu }) => kind === "cpu" && cpu !== null ? [cpu] : []),
      rows,
      names,
      nameKinds,
      nameTids,
      levels: levelsOf(durationNs),
      tileBuckets: TILE_BUCKETS,
      operations: columns.operations.ids.length,
      flows: columns.flows.sent.length,
    },
  };
}

function extentOf(lanes: readonly Lane[], { first, last }: TraceFacts): Extent {
  const used = lanes.filter(({ begins }) => begins.length > 0);
  const begin = used.reduce(
    (least, lane) => Math.min(least, lane.begins.values[0]!),
    first ?? Infinity,
  );
  const end = used.reduce((most, lane) => Math.max(most, lane.ends.values.at(-1)!), last ?? 0);
  return begin <= end ? { begin, end } : { begin: 0, end: 0 };
}

function rowsOf(lanes: readonly Lane[], { threads }: TraceFacts): IndexRow[] {
  const byTid = new Map(threads.map((thread) => [thread.tid, thread]));
  const rows: IndexRow[] = [];
  for (const { kind, owner, depth, begins } of lanes) {
    const last = rows.at(-1);
    if (last?.kind === kind && (last.cpu ?? last.tid) === owner) {
      last.depths = Math.max(last.depths, depth + 1);
      last.slices += begins.length;
      continue;
    }
    const thread = kind === "operations" ? byTid.get(owner) : undefined;
    const name = kind === "operations"
      ? `${thread?.comm ?? ""} ${owner}`.trim()
      : `CPU ${owner}${kind === "interrupts" ? " interrupts" : ""}`;
    rows.push({
      row: rows.length,
      kind,
      cpu: kind === "operations" ? null : owner,
      tid: kind === "operations" ? owner : null,
      tgid: thread?.tgid ?? null,
      name,
      depths: depth + 1,
      slices: begins.length,
    });
  }
  return rows;
}

function placesOf(lanes: readonly Lane[], rows: readonly IndexRow[]): Places {
  const places = { rows: new Uint32Array(lanes.length), firsts: new Uint32Array(lanes.length) };
  let first = 0;
  let row = 0;
  for (const { number, kind, owner, begins } of lanes) {
    const isOf = ({ kind: own, cpu, tid }: IndexRow): boolean =>
      own === kind && (cpu ?? tid) === owner;
    while (!isOf(rows[row]!)) row++;
    places.rows[number] = row;
    places.firsts[number] = first;
    first += begins.length;
  }
  return places;
}

function joinSlices(lanes: readonly Lane[], { begin }: Extent): SliceColumns {
  const count = lanes.reduce((sum, { begins }) => sum + begins.length, 0);
  const slices = {
    begins: new Float64Array(count),
    ends: new Float64Array(count),
    names: new Uint32Array(count),
    marks: new Uint8Array(count),
  };
  let at = 0;
  for (const lane of lanes) {
    slices.begins.set(lane.begins.values, at);
    slices.ends.set(lane.ends.values, at);
    slices.names.set(lane.names.values, at);
    slices.marks.set(lane.marks.values, at);
    at += lane.begins.length;
  }
  for (let slice = 0; slice < count; slice++) {
    slices.begins[slice]! -= begin;
    slices.ends[slice]! -= begin;
  }
  return slices;
}

/** Operations came in the order in which they ended; they go into that of their slices. */
function joinOperations(
  { operations }: TraceIndexBuilder,
  { firsts }: Places,
): IndexColumns["operations"] {
  const count = operations.lanes.length;
  const places = operations.places.values;
  const slices = operations.lanes.values.map((lane, index) => firsts[lane]! + places[index]!);
  const first = slices.reduce((least, slice) => Math.min(least, slice), Infinity);
  const order = new Uint32Array(count);
  for (let from = 0; from < count; from++) order[slices[from]! - first] = from;
  const values = operations.targets.values;
  const counts = operations.targetCounts.values;
  const givenFirsts = new Uint32Array(count + 1);
  for (let from = 0; from < count; from++) {
    givenFirsts[from + 1] = givenFirsts[from]! + counts[from]!;
  }
  const targetFirsts = new Uint32Array(count + 1);
  const targets = new Uint32Array(values.length);
  for (let to = 0; to < count; to++) {
    const from = order[to]!;
    let next = targetFirsts[to]!;
    for (let at = givenFirsts[from]!; at < givenFirsts[from + 1]!; at++) {
      targets[next++] = values[at]!;
    }
    targetFirsts[to + 1] = next;
  }
  const reordered = (column: Uint32Array): Uint32Array => order.map((from) => column[from]!);
  const ids = operations.ids.values;
  return {
    ids: Float64Array.from(order, (from) => ids[from]!),
    cpus: reordered(operations.cpus.values),
    sends: reordered(operations.sends.values),
    kept: Uint8Array.from(reordered(operations.kept.values)),
    targetFirsts,
    targets,
  };
}

/** Flows came in the order in which handlers ended; they go into that of sending. */
function joinFlows(
  { arrivals, senders, operations, lanes }: TraceIndexBuilder,
  { rows, firsts }: Places,
  { begin }: Extent,
): FlowColumns {
  const sent = arrivals.sent.values;
  const order = orderOfFlows(arrivals.flows.values, sent);
  const flows: FlowColumns = {
    sent: Float64Array.from(order, (from) => Math.max(0, sent[from]! - begin)),
    arrived: new Float64Array(order.length),
    fromRows: new Uint32Array(order.length),
    toRows: new Uint32Array(order.length),
    fromSlices: new Uint32Array(order.length).fill(NO_SLICE),
    toSlices: new Uint32Array(order.length),
  };
  const [numbers, cpus, senderCpus, handlers] = [
    arrivals.flows.values,
    arrivals.cpus.values,
    arrivals.senderCpus.values,
    arrivals.handlers.values,
  ];
  const operationOf = senders.values;
  const senderLanes = operations.lanes.values;
  const places = operations.places.values;
  order.forEach((from, to) => {
    const target = lanes.of("interrupts", cpus[from]!);
    const handler = handlers[from]!;
    flows.toRows[to] = rows[target.number]!;
    flows.toSlices[to] = firsts[target.number]! + handler;
    flows.arrived[to] = Math.max(flows.sent[to]!, target.begins.at(handler) - begin);
    const operation = (operationOf[numbers[from]!] ?? 0) - 1;
    if (operation < 0) {
      flows.fromRows[to] = rows[lanes.of("cpu", senderCpus[from]!).number]!;
      return;
    }
    const sender = senderLanes[operation]!;
    flows.fromRows[to] = rows[sender]!;
    flows.fromSlices[to] = firsts[sender]! + places[operation]!;
  });
  return flows;
}

/** Flows are numbered as they are sent, so that counting orders them; sorting would take longer. */
function orderOfFlows(numbers: Uint32Array, sent: Float64Array): Uint32Array {
  const most = numbers.reduce((most, number) => Math.max(most, number), 0);
  const places = new Uint32Array(most + 1);
  numbers.forEach((number, place) => places[number] = place + 1);
  const order = places.filter((place) => place > 0).map((place) => place - 1);
  const inOrder = order.length === sent.length &&
    order.every((place, index) => index === 0 || sent[order[index - 1]!]! <= sent[place]!);
  return inOrder
    ? order
    : Uint32Array.from(sent.keys()).sort((one, other) => sent[one]! - sent[other]!);
}
