/** What lists of runs are narrowed to and sorted by. */

/** What a list is narrowed to; damaged runs pass no filter but that of time. */
export interface RunFilter {
  host?: string;
  arch?: string;
  /** How a kernel's release begins: 6.1 means 6.1.9, not 6.12. */
  kernel?: string;
  /** An experiment that has results. */
  experiment?: string;
  /** A technique, or a flavour of RCU, that has results. */
  technique?: string;
  /** What machineOf() says. */
  machine?: string;
  /** Started at or after, milliseconds since 1970. */
  from?: number;
  /** Started before, milliseconds since 1970. */
  before?: number;
}

/** What a list may be sorted by. */
export const RUN_SORTS = ["started", "host", "arch", "kernel", "seconds", "warnings"] as const;

/** One of {@linkcode RUN_SORTS}. */
export type RunSort = typeof RUN_SORTS[number];

/** Which runs to list, in which order. Of runs that are alike in it the newer come first. */
export interface RunQuery {
  filter?: RunFilter;
  /** `started` when left out. */
  sort?: RunSort;
  /** Whether the least comes first; a list by time begins with the newest else. */
  ascending?: boolean;
  /** Greatest number of rows; all when left out. */
  limit?: number;
  /** How many rows to leave out at the beginning. */
  offset?: number;
}

/** A value that runs have, and how many have it. */
export interface FilterValue {
  value: string;
  runs: number;
}

/** What a store's runs can be narrowed to, each list sorted. */
export interface FilterValues {
  host: FilterValue[];
  arch: FilterValue[];
  kernel: FilterValue[];
  experiment: FilterValue[];
  technique: FilterValue[];
}
