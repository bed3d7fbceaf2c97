/**
 * What a comparison says, as plain data: for tables, JSON and the report alike.
 *
 * "Left" is what is compared with, the baseline; "right" is what is judged: "slower" means that the
 * right is slower than the left.
 *
 * @module
 */
import type { CostComparison } from "../experiments/cost/cost_comparison.ts";
import type { Warning } from "../experiments/run/run_schema.ts";
import type { Figure } from "../judgement/figure.ts";
import type { Estimate, Judgement, Rules } from "../judgement/judgement.ts";

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
  unit: Figure["unit"];
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
