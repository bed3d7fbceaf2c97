/** What an index consists of beside its description: columns. */

/** All slices, lane by lane, by begin; their places are their numbers. */
export interface SliceColumns {
  /** ns from the trace's begin. */
  readonly begins: Float64Array;
  readonly ends: Float64Array;
  readonly names: Uint32Array;
  /** See slice_marks.ts. */
  readonly marks: Uint8Array;
}

/** The rows and depths; lane n has the slices from `firsts[n]` up to `firsts[n + 1]`. */
export interface LaneColumns {
  readonly rows: Uint32Array;
  readonly depths: Uint32Array;
  readonly firsts: Uint32Array;
}

/** The operations, in the order of their slices, which are the last ones. */
export interface OperationColumns {
  /** Numbers in the capture. */
  readonly ids: Float64Array;
  /** CPUs at the begin. */
  readonly cpus: Uint32Array;
  /** Calls and interrupts that each sent. */
  readonly sends: Uint32Array;
  /** 1: the sample counts in the run's statistics. */
  readonly kept: Uint8Array;
  /** CPUs that operation n interrupted: from `targetFirsts[n]` up to `targetFirsts[n + 1]`. */
  readonly targetFirsts: Uint32Array;
  readonly targets: Uint32Array;
}

/** Calls and interrupts whose handler is known, by the time of sending; see `TileFlows`. */
export interface FlowColumns {
  readonly sent: Float64Array;
  readonly arrived: Float64Array;
  readonly fromRows: Uint32Array;
  readonly toRows: Uint32Array;
  readonly fromSlices: Uint32Array;
  readonly toSlices: Uint32Array;
}

/** One level of detail: buckets in which something happened, lane by lane. */
export interface LevelColumns {
  readonly level: number;
  /** Lane n has the buckets from `firsts[n]` up to `firsts[n + 1]`. */
  readonly firsts: Uint32Array;
  /** Numbers of the buckets, counted from the trace's begin. */
  readonly buckets: Uint32Array;
  readonly counts: Uint32Array;
  readonly names: Uint32Array;
  readonly busy: Uint8Array;
}

export interface IndexColumns {
  readonly slices: SliceColumns;
  readonly lanes: LaneColumns;
  readonly operations: OperationColumns;
  readonly flows: FlowColumns;
  /** Only levels that take longer to make than to read: see levels.ts. */
  readonly levels: readonly LevelColumns[];
}
