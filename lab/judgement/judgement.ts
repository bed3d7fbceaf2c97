/** How a figure of one side is judged against that of the other, as plain data. */

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
