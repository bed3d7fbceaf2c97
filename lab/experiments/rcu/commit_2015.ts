/**
 * The figures with which membarrier came into Linux: commit 5b25b13ab08f ("sys_membarrier():
 * system-wide memory barrier (generic, x86)", 2015), 6 readers and 2 writers for 10 s on an 8-core
 * Xeon E5405 with liburcu of that time.
 *
 * Like stands beside like. The fences of its mb were MFENCE: cmm_smp_mb() of liburcu was that on
 * x86-64 until 2025 (urcu/arch/x86.h, commit 91b6c67ef047), where `mb` of this lab has a locked
 * add, as the kernel has. Its sys_membarrier was the call that is GLOBAL now.
 */

import type { FlavourId } from "./flavours.ts";
import type { RcuResult } from "./rcu_schema.ts";

/** Operations in {@linkcode COMMIT_SECONDS}. */
export interface CommitRow {
  readonly reads: number;
  readonly writes: number;
}

/** How long the commit's test ran. */
export const COMMIT_SECONDS = 10;

const mb: CommitRow = { reads: 1_701_557_485, writes: 2_202_847 };

/** The commit's rows by the flavour that is alike. */
const rows: Readonly<Partial<Record<FlavourId, CommitRow>>> = {
  "signal": { reads: 9_830_061_167, writes: 6_700 },
  // The reader is alike; its writer called what is GLOBAL now
  "membarrier-dyncheck": { reads: 7_970_328_887, writes: 425 },
  "membarrier-global": { reads: 9_952_759_104, writes: 425 },
};

/** The flavour that does what the commit's mb did. */
export type CommitMb = "mb" | "mb-mfence";

/**
 * Which flavour is the commit's mb on a host.
 *
 * @param bench All flavours of the host that could run, with the same threads.
 * @returns `mb` where there is one full fence, which is liburcu's, too.
 */
export function commitMbOf(
  bench: readonly Pick<RcuResult, "flavour" | "readerFence">[],
): CommitMb {
  const mb = bench.find(({ flavour }) => flavour === "mb");
  const known = mb?.readerFence;
  return known === undefined || known === LOCKED_ADD ? "mb-mfence" : "mb";
}

/** The fence of `mb` on x86-64, which has MFENCE besides; see ffi/core/arch/x86_64.h. */
const LOCKED_ADD = "lock; addl";

/** The commit's row beside a flavour; `undefined` where it had none that is alike. */
export function commitRow(flavour: FlavourId, like: CommitMb): CommitRow | undefined {
  return flavour === like ? mb : rows[flavour];
}

/** Reads relative to those of the commit's mb; `null` for flavours that it did not have. */
export function commitRatio(flavour: FlavourId, like: CommitMb): number | null {
  const row = commitRow(flavour, like);
  return row === undefined ? null : row.reads / mb.reads;
}
