/** What a picture of the timeline shows. */

import type { TraceIndexMeta } from "../../../traces/index/meta.ts";
import type { Hit } from "./hit.ts";
import type { Line, RowLayout } from "./row_layout.ts";
import type { Sources } from "./sources.ts";
import type { TimeView } from "./time_view.ts";

/** An arrow from a sender to its target. */
export interface Flow {
  readonly sentNs: number;
  readonly arrivedNs: number;
  readonly fromRow: number;
  readonly toRow: number;
}

/** The slice that is selected. */
export interface Selection {
  readonly id: number;
  readonly line: Line;
  readonly name: string;
  readonly beginNs: number;
  readonly endNs: number;
  /** Its arrows; empty until they are known. */
  readonly flows: readonly Flow[];
}

/** A stretch of time that is marked. */
export interface Stretch {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Everything that a picture depends on. */
export interface Scene {
  readonly meta: TraceIndexMeta;
  readonly view: TimeView;
  layout: RowLayout;
  sources: Sources;
  /** How far rows are scrolled, CSS pixels. */
  scrollTop: number;
  selection: Selection | null;
  hover: Hit | null;
  marked: Stretch | null;
  /** The time under the pointer. */
  cursorNs: number | null;
}

/** What was painted; tests and benches look at it. */
export interface Drawn {
  level: number;
  /** Tiles that were not here. */
  missing: number;
  lines: number;
  slices: number;
  labels: number;
  arrows: number;
  /** Whether the arrows of the selection are among them. */
  selectedArrows: number;
}
