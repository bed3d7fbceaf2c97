/** Checks that columns can be trusted: an index may come from anybody, with a run that was sent. */

import { TraceIndexError } from "./errors.ts";
import type { BuiltIndex } from "./index_builder.ts";
import { levelsOf } from "./levels.ts";
import { NO_SLICE, widthOf } from "./tile.ts";

function claim(holds: boolean, what: string): asserts holds {
  if (!holds) throw new TraceIndexError(`Cannot read a trace index: ${what}`);
}

/** Whether numbers begin with 0, never fall, and end with the length of what they divide. */
function divides(firsts: Uint32Array, length: number): boolean {
  let before = 0;
  for (const first of firsts) {
    if (first < before) return false;
    before = first;
  }
  return firsts[0] === 0 && before === length;
}

function allBelow(column: Uint32Array, limit: number): boolean {
  for (let i = 0; i < column.length; i++) if (column[i]! >= limit) return false;
  return true;
}

/** @throws {TraceIndexError} If something in the index contradicts something else in it. */
export function checkColumns(index: BuiltIndex): void {
  checkMeta(index);
  checkSlices(index);
  checkOperations(index);
  checkFlows(index);
  checkLevels(index);
}

function checkMeta({ meta, columns: { slices, lanes, flows, operations } }: BuiltIndex): void {
  const { rows, names, nameKinds, nameTids, levels } = meta;
  claim(rows.every(({ row }, place) => row === place), "its rows are not in order");
  claim(
    names.length === nameKinds.length && names.length === nameTids.length,
    "it has more names than kinds of names",
  );
  claim(
    JSON.stringify(levels) === JSON.stringify(levelsOf(meta.durationNs)),
    "its levels do not fit its duration",
  );
  claim(divides(lanes.firsts, slices.begins.length), "its rows do not divide its slices");
  const found = rows.map(() => ({ depths: 0, slices: 0 }));
  let before = -1;
  for (let lane = 0; lane < lanes.rows.length; lane++) {
    const row = found[lanes.rows[lane]!];
    claim(row !== undefined && lanes.rows[lane]! >= before, "a row's slices are in another place");
    before = lanes.rows[lane]!;
    claim(row.depths === 0 || lanes.depths[lane]! >= row.depths, "a row's depths are not in order");
    row.depths = lanes.depths[lane]! + 1;
    row.slices += lanes.firsts[lane + 1]! - lanes.firsts[lane]!;
  }
  claim(
    rows.every((row, place) =>
      row.depths === found[place]!.depths && row.slices === found[place]!.slices
    ),
    "a row has another number of slices than it says",
  );
  const inOperations = rows.filter(({ kind }) => kind === "operations");
  claim(
    inOperations.every(({ row }) => row >= rows.length - inOperations.length),
    "rows stand behind those of operations",
  );
  const operationSlices = inOperations.reduce((sum, row) => sum + row.slices, 0);
  claim(
    meta.operations === operations.ids.length && operationSlices === meta.operations &&
      meta.flows === flows.sent.length,
    "it has another number of operations or flows than it says",
  );
}

function checkSlices({ meta, columns: { slices, lanes } }: BuiltIndex): void {
  const { begins, ends } = slices;
  for (let lane = 0; lane < lanes.rows.length; lane++) {
    let before = 0;
    for (let slice = lanes.firsts[lane]!; slice < lanes.firsts[lane + 1]!; slice++) {
      const begin = begins[slice]!;
      const end = ends[slice]!;
      // Not a number fails, too
      claim(begin >= before && end >= begin, "slices overlap or end before they begin");
      before = end;
    }
    claim(before <= meta.durationNs, "a slice ends behind the trace");
  }
  claim(allBelow(slices.names, meta.names.length), "a slice has no name");
}

function checkOperations({ columns: { operations } }: BuiltIndex): void {
  claim(divides(operations.targetFirsts, operations.targets.length), "targets belong to nobody");
  claim(operations.ids.every((id) => id >= 0), "an operation has no number");
}

function checkFlows({ meta, columns: { flows, slices } }: BuiltIndex): void {
  let before = 0;
  for (let flow = 0; flow < flows.sent.length; flow++) {
    const sent = flows.sent[flow]!;
    claim(sent >= before && flows.arrived[flow]! >= sent, "flows are not in order");
    claim(flows.arrived[flow]! <= meta.durationNs, "a flow ends behind the trace");
    before = sent;
  }
  const count = slices.begins.length;
  claim(
    allBelow(flows.fromRows, meta.rows.length) && allBelow(flows.toRows, meta.rows.length) &&
      allBelow(flows.toSlices, count) &&
      flows.fromSlices.every((slice) => slice < count || slice === NO_SLICE),
    "a flow leads nowhere",
  );
}

function checkLevels({ meta, columns: { levels, lanes } }: BuiltIndex): void {
  let beforeLevel = 0;
  for (const { level, firsts, buckets, names } of levels) {
    const known = meta.levels.some((one) => one.level === level);
    claim(known && level > beforeLevel, "it keeps a level that it does not have");
    beforeLevel = level;
    claim(divides(firsts, buckets.length), "its rows do not divide its buckets");
    const last = meta.durationNs / widthOf(level);
    for (let lane = 0; lane < lanes.rows.length; lane++) {
      let before = -1;
      for (let at = firsts[lane]!; at < firsts[lane + 1]!; at++) {
        claim(buckets[at]! > before && buckets[at]! <= last, "its buckets are not in order");
        before = buckets[at]!;
      }
    }
    claim(allBelow(names, meta.names.length), "a bucket has no name");
  }
}
