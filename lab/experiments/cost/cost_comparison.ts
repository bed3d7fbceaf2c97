/** What comparisons say about cost, as plain data. */

import type { Dominance } from "../../statistics/dominance.ts";
import type { Estimate, Judgement, TimeVerdict } from "../../judgement/judgement.ts";
import type { CostResult } from "./cost_schema.ts";

/** One quantile of a technique's cost on both sides, nanoseconds. */
export interface QuantileComparison extends Judgement {
  quantile: "p50" | "p90" | "p99";
  left: Estimate | null;
  right: Estimate | null;
}

/** What one side measured of a technique. */
export interface CostSide {
  /** Runs that hold it. */
  runs: number;
  /** Samples kept, of all runs. */
  samples: number;
  dropped: number;
  /** Mean over runs; `null` where they could not be counted. */
  ipisPerOp: number | null;
  /** Why there is no sample; `null` if there are some. */
  reason: string | null;
}

/** What tells the cost results of a run apart. */
export interface CostSubject {
  technique: string;
  callers: number;
  siblings: number;
  placement: CostResult["placement"];
}

/** The cost of one technique in one arrangement on both sides. */
export interface CostComparison extends CostSubject {
  left: CostSide;
  right: CostSide;
  /** p50, p90, p99; empty if a side holds no sample. */
  quantiles: QuantileComparison[];
  /** How often a sample of the right exceeds one of the left; `null` where times do not compare. */
  effect: Dominance | null;
  /** That of the median. */
  verdict: TimeVerdict;
  /** The verdict in words, with reasons; of single runs it says that the change is one of theirs. */
  words: string;
  /** Whether the interrupts per operation are others. */
  interruptsChanged: boolean;
  /** Why times are not compared, if a warning forbids it, and what else differs in the measuring. */
  notes: string[];
}
