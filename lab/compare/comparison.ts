/**
 * What a comparison says, as plain data: for tables, JSON and the report alike.
 *
 * "Left" is what is compared with, the baseline; "right" is what is judged: "slower" means that the
 * right is slower than the left.
 *
 * @module
 */
import type { CostResult, Warning } from "../experiments/run/run_schema.ts";
import type { Dominance } from "../statistics/dominance.ts";

/** The verdict about a time. */
export type TimeVerdict =
  | "faster"
  | "slower"
  | "no-change"
  /** The noise would hide what is to be found. */
  | "too-noisy"
  /** Only the spread between runs could judge it, and each side has one. */
  | "needs-runs"
  /** There is nothing to compare, or it must not be compared in time; the words say why. */
  | "not-compared";

/** What decided how great a change has to be. */
export type ThresholdFrom = "minimum" | "clock-step" | "within-runs" | "between-runs";

/** A value with its 95 % confidence interval; `null` where there are too few samples to say. */
export interface Estimate {
  value: number;
  low: number | null;
  high: number | null;
}

/** A factor from left to right with its 95 % confidence interval; above 1 the right is greater. */
export type Ratio = Estimate;

/** A change judged by the noise of its own samples. */
export interface Judgement {
  /** `null` where times must not be compared, and for shares, which are compared by difference. */
  ratio: Ratio | null;
  /**
   * Changes above this share count: 0.05 is 5 %, or 5 percentage points of a share. `null`: no bound
   * can be given.
   */
  threshold: number | null;
  thresholdFrom: ThresholdFrom | null;
  verdict: TimeVerdict;
}

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

/** A statement of an experiment on both sides: a verdict, an answer, an observation. */
export interface StatementComparison {
  experiment: string;
  subject: string;
  /** `null`: this side has none. */
  left: string | null;
  right: string | null;
  changed: boolean;
  /** What the change means; "" where nothing changed. */
  words: string;
  /** A change that bears on soundness, not on evidence alone. */
  grave: boolean;
}

/** A figure without stored samples: a rate, a share, a median alone. */
export interface FigureComparison extends Judgement {
  experiment: string;
  subject: string;
  figure: string;
  unit: "ns" | "per-second" | "share" | "times";
  /** Mean of the runs (of shares the arithmetic one), with the interval that their spread gives. */
  left: Estimate | null;
  right: Estimate | null;
  /** The verdict in words. */
  words: string;
}

/** A row of the environment that is not the same on both sides. */
export interface EnvironmentDifference {
  /** What it is: "kernel", "mitigation spectre_v2". */
  name: string;
  /** The values of this side's runs, each once; "unknown" where a run does not say. */
  left: string[];
  right: string[];
}

/** A run as comparisons name it. */
export interface RunLabel {
  id: string;
  host: string;
  kernel: string;
  startedAt: string;
}

/** A warning and the runs that bear it. */
export interface WarningDifference {
  side: "left" | "right" | "both";
  warning: Warning;
  runs: number;
}

/** How verdicts are reached, so that a reader need not look it up. */
export interface Rules {
  /** Share of intervals that hold the true value. */
  confidence: number;
  /** Changes below this share never count. */
  minimum: number;
  /** "No change" only if the ratio's whole interval lies within 1 / (1 + this) to 1 + this. */
  tooNoisy: number;
  words: string[];
}

/** Two sides compared. */
export interface Comparison {
  left: RunLabel[];
  right: RunLabel[];
  environment: EnvironmentDifference[];
  /** Why times must not be compared; empty if they may be. */
  timeBarriers: string[];
  /** Warnings that one side bears alone, and all that invalidate results. */
  warnings: WarningDifference[];
  cost: CostComparison[];
  statements: StatementComparison[];
  figures: FigureComparison[];
  /** Experiments that one side alone has. */
  onlyLeft: string[];
  onlyRight: string[];
  rules: Rules;
}
