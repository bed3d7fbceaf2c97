/**
 * The figures with which membarrier came into Linux: commit 5b25b13ab08f ("sys_membarrier():
 * system-wide memory barrier (generic, x86)", 2015), 6 readers and 2 writers for 10 s on an 8-core
 * Xeon E5405 with liburcu of that time. Its sys_membarrier was the call that is GLOBAL now.
 */

import type { FlavourId } from "./flavours.ts";

/** Operations in {@linkcode COMMIT_SECONDS}. */
export interface CommitRow {
  readonly reads: number;
  readonly writes: number;
}

/** How long the commit's test ran. */
export const COMMIT_SECONDS = 10;

const mb: CommitRow = { reads: 1_701_557_485, writes: 2_202_847 };

/** The commit's rows by the flavour that has the same reader today. */
export const commitRows: Readonly<Partial<Record<FlavourId, CommitRow>>> = {
  "mb": mb,
  "signal": { reads: 9_830_061_167, writes: 6_700 },
  "membarrier": { reads: 9_952_759_104, writes: 425 },
  "membarrier-dyncheck": { reads: 7_970_328_887, writes: 425 },
};

/** Reads relative to those of mb; `null` for flavours that the commit did not have. */
export function commitRatio(flavour: FlavourId): number | null {
  const row = commitRows[flavour];
  return row === undefined ? null : row.reads / mb.reads;
}
