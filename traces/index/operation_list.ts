/** The operations of a trace as a table: sorted, filtered, in pages. */

import type { ListedOperation, OperationPage } from "./answers.ts";
import type { TraceIndex } from "./trace_index.ts";

/** What operations can be sorted by. */
export type OperationOrder = "duration" | "time";

/** Which operations, in which order. */
export interface OperationQuery {
  readonly sort: OperationOrder;
  readonly descending: boolean;
  readonly technique?: string | undefined;
  readonly tid?: number | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** The table of one trace's operations; its orders are worked out once. */
export class OperationList {
  readonly #index: TraceIndex;
  readonly #orders = new Map<OperationOrder, Uint32Array>();

  constructor(index: TraceIndex) {
    this.#index = index;
  }

  page({ sort, descending, technique, tid, limit, offset }: OperationQuery): OperationPage {
    const order = this.#order(sort);
    const { names } = this.#index.columns.slices;
    const wanted = technique === undefined ? undefined : this.#nameOf(technique);
    const [first, last] = this.#slicesOf(tid);
    const operations: ListedOperation[] = [];
    let total = 0;
    for (let place = 0; place < order.length; place++) {
      const slice = order[descending ? order.length - 1 - place : place]!;
      if (slice < first || slice >= last) continue;
      if (wanted !== undefined && names[slice] !== wanted) continue;
      if (total >= offset && operations.length < limit) operations.push(this.operation(slice));
      total++;
    }
    return { total, techniques: this.#techniques(), operations };
  }

  /** One operation. @param slice Number of its slice. */
  operation(slice: number): ListedOperation {
    const { meta, columns, firstOperation } = this.#index;
    const { slices, operations, lanes } = columns;
    const at = slice - firstOperation;
    const row = meta.rows[lanes.rows[this.#index.laneOf(slice)]!]!;
    return {
      id: slice,
      opId: operations.ids[at]!,
      technique: meta.names[slices.names[slice]!]!,
      beginNs: slices.begins[slice]!,
      durationNs: slices.ends[slice]! - slices.begins[slice]!,
      tid: row.tid ?? 0,
      thread: row.name,
      cpu: operations.cpus[at]!,
      kept: operations.kept[at] === 1,
      sends: operations.sends[at]!,
      targets: [
        ...operations.targets.subarray(
          operations.targetFirsts[at],
          operations.targetFirsts[at + 1],
        ),
      ],
    };
  }

  /** -1 if there is no such technique. */
  #nameOf(technique: string): number {
    const { names, nameKinds } = this.#index.meta;
    return names.findIndex((name, at) => name === technique && nameKinds[at] === "technique");
  }

  /** Where the operations of a thread are, or all; the end not included. */
  #slicesOf(tid: number | undefined): [number, number] {
    const { columns: { lanes, slices }, meta, firstOperation } = this.#index;
    if (tid === undefined) return [firstOperation, slices.begins.length];
    const lane = lanes.rows.findIndex((row) =>
      meta.rows[row]!.kind === "operations" && meta.rows[row]!.tid === tid
    );
    return lane < 0 ? [0, 0] : [lanes.firsts[lane]!, lanes.firsts[lane + 1]!];
  }

  #order(sort: OperationOrder): Uint32Array {
    let order = this.#orders.get(sort);
    if (order === undefined) {
      const { firstOperation, columns: { slices: { begins, ends } } } = this.#index;
      const value = (slice: number): number =>
        sort === "time" ? begins[slice]! : ends[slice]! - begins[slice]!;
      order = Uint32Array.from(
        { length: begins.length - firstOperation },
        (_, at) => firstOperation + at,
      ).sort((one, other) => value(one) - value(other) || one - other);
      this.#orders.set(sort, order);
    }
    return order;
  }

  #techniques(): OperationPage["techniques"] {
    const { meta, columns: { slices }, firstOperation } = this.#index;
    const counts = new Uint32Array(meta.names.length);
    for (let slice = firstOperation; slice < slices.names.length; slice++) {
      counts[slices.names[slice]!]!++;
    }
    return meta.names.flatMap((technique, at) =>
      counts[at]! > 0 ? [{ technique, count: counts[at]! }] : []
    ).sort((one, other) => other.count - one.count);
  }
}
