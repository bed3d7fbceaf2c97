import type { Losses } from "./losses.ts";

/** What a conversion did. */
export interface Conversion {
  /** Kernel events written. */
  readonly events: number;
  /** Size of the trace, bytes. */
  readonly bytes: number;
  /** Operations written, and those left out since they overlap or their process is unknown. */
  readonly operations: { readonly written: number; readonly rejected: number };
  /** Calls and interrupts sent to other CPUs, and those whose handler was found. */
  readonly sends: number;
  readonly matched: number;
  /** Sent in addition before the first page of the target: what it did was overwritten. */
  readonly unseen: number;
  /** Handlers written, and those among them whose end was not recorded. */
  readonly handlers: { readonly written: number; readonly incomplete: number };
  readonly losses: Losses;
  readonly warnings: readonly string[];
}
