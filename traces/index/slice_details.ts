/** Everything that an index knows of one slice. */

import type { SliceDetails, SliceFlow } from "./answers.ts";
import type { OperationList } from "./operation_list.ts";
import { readMark } from "./slice_marks.ts";
import { NO_SLICE } from "./tile.ts";
import type { TraceIndex } from "./trace_index.ts";

/** Flows that are told of one slice. */
const MAX_FLOWS = 1000;

/** @throws {RangeError} If the index has no such slice. */
export function sliceDetails(
  index: TraceIndex,
  operations: OperationList,
  id: number,
): SliceDetails {
  const { meta, columns: { slices, lanes }, firstOperation } = index;
  if (!(id >= 0 && id < slices.begins.length)) throw new RangeError(`There is no slice ${id}`);
  const lane = index.laneOf(id);
  const row = meta.rows[lanes.rows[lane]!]!;
  const name = slices.names[id]!;
  const operation = id >= firstOperation ? operations.operation(id) : undefined;
  return {
    id,
    row: row.row,
    depth: lanes.depths[lane]!,
    name: meta.names[name]!,
    kind: meta.nameKinds[name]!,
    beginNs: slices.begins[id]!,
    endNs: slices.ends[id]!,
    cpu: operation?.cpu ?? row.cpu,
    tid: row.tid ?? meta.nameTids[name]!,
    details: operation === undefined ? markDetails(row.kind, slices.marks[id]!) : {
      operation: operation.opId,
      technique: operation.technique,
      thread: operation.thread,
      kept: operation.kept,
      sends: operation.sends,
      targets: operation.targets.join(","),
    },
    flows: flowsOf(index, id),
  };
}

function markDetails(kind: string, mark: number): SliceDetails["details"] {
  const { incomplete, match } = readMark(mark);
  return kind === "cpu" ? { incomplete } : { incomplete, match };
}

function flowsOf({ columns: { flows } }: TraceIndex, id: number): SliceFlow[] {
  const found: SliceFlow[] = [];
  for (let flow = 0; flow < flows.sent.length && found.length < MAX_FLOWS; flow++) {
    const out = flows.fromSlices[flow] === id;
    if (!out && flows.toSlices[flow] !== id) continue;
    const other = (out ? flows.toSlices : flows.fromSlices)[flow]!;
    found.push({
      direction: out ? "out" : "in",
      otherSlice: other === NO_SLICE ? null : other,
      otherRow: (out ? flows.toRows : flows.fromRows)[flow]!,
      sentNs: flows.sent[flow]!,
      arrivedNs: flows.arrived[flow]!,
    });
  }
  return found;
}
