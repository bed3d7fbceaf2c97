import type { Environment } from "../environment/environment.ts";

/** What is fixed about a warning; the finding that triggers it comes from its rule. */
export interface WarningMeaning {
  /** What the finding means for the results. Follows the finding and a colon in the message. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Whether the results it names must not be used. */
  readonly invalidates: boolean;
}

/** A warning about the results of one experiment. */
export interface OwnWarning<Result> extends WarningMeaning {
  /** What triggers it, one message each; none if it does not apply. */
  findings(results: readonly Result[], environment: Environment): string[];
}

/** Warnings of an experiment by their number; see lab/warnings/warning_catalogue.ts. */
export type OwnWarnings<Result> = Readonly<Record<string, OwnWarning<Result>>>;
