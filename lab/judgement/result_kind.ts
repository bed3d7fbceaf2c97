/** What is known of one kind of result beside making and showing it: what it is about, and worth. */

import { type Attempted, type Outcome, outcomeOf } from "../format/attempt_schema.ts";
import type { Histogram } from "../format/histogram_schema.ts";
import type { Expected, Verdict } from "../format/verdict.ts";
import type { Check } from "./check.ts";
import type { Figure } from "./figure.ts";
import type { Statement } from "./statement.ts";

/** What the meaning of results depends on besides counts. */
export interface TestedHost {
  /** "x86_64", "aarch64", "ppc64le". */
  readonly arch: string;
  /** The host's CPU is emulated. */
  readonly emulated: boolean;
  /** The release of its kernel. */
  readonly kernel: string;
}

/** What is asked of a technique. */
export type Need = "ordering" | "core-sync" | "rseq-restart";

/** A technique that was to be used, and what came of it. */
export interface Attempt {
  readonly technique: string;
  readonly outcome: Outcome;
  /** Why nothing was measured, as the core says it. */
  readonly reason: string | null;
}

/** What a result says of the attempt that it came of. */
export function attemptOf(result: Attempted & { readonly technique: string }): Attempt {
  const { technique, reason } = result;
  return { technique, outcome: outcomeOf(result), reason };
}

/** A verdict about an order, with what it is about. */
export interface Given {
  readonly technique: string;
  readonly context: string;
  readonly expected: Expected;
  readonly verdict: Verdict;
  readonly why: string;
}

/** A trace, by its name in the run's directory. */
export interface NamedTrace {
  readonly trace: string;
  /** Name of its index for timelines; null: it has none. */
  readonly index: string | null;
}

/** Samples that stand in a result. */
export interface Distribution {
  readonly title: string;
  /** What tells it from others of its host. */
  readonly tags: readonly string[];
  readonly seconds: number;
  readonly histogram: Histogram;
}

/** What an experiment says of one kind of its results. */
export interface ResultKind<Result> {
  /**
   * What a result is about: of two with the same subject the newer one replaces the older. A result
   * of several parts has a subject for each.
   */
  subjects(result: Result): string[];
  /** The result with these of its subjects alone. */
  restrict(result: Result, subjects: readonly string[]): Result;
  /** How much it weighs against others with its subject; see weight.ts. */
  weight(result: Result, doubtful: boolean): number;
  /** Whether it holds a measurement or a case, and not only why there is none. */
  hasRun(result: Result): boolean;
  /** Threads of the lab's own that ran at once, as far as the result says it. */
  threads(result: Result): number;
  /** Whether a technique was seen to break what it promises. */
  brokenPromise(result: Result): boolean;
  /** Techniques that it tells something about. */
  attempts(result: Result): Attempt[];
  /** Other names by which it may be looked for. */
  aliases(result: Result): string[];
  /** What was seen that the technique should have prevented, in words; null: nothing. */
  failure(result: Result, technique: string, need: Need): string | null;
  /** Its verdict about an order; null: it gives none. */
  verdict(result: Result): Given | null;
  /** For CI systems. */
  checks(result: Result, host: TestedHost): Check[];
  /** Figures to compare; of cost its distributions are compared besides. */
  figures(result: Result, all: readonly Result[]): Figure[];
  /** Statements to compare. */
  statements(result: Result): Statement[];
  /** Distributions, for tools that read HdrHistogram logs. */
  distributions(result: Result): Distribution[];
  /** Traces that lie beside run.json. */
  traces(result: Result): NamedTrace[];
  /** Lines that litmus7 would print. */
  observations(result: Result): string[];
  /** Keys that say what a result, or each of its parts, is about, not what was measured. */
  readonly context: readonly string[];
  /** A result with rows of its own is as many, for tables of figures. */
  parts(result: Result): Record<string, unknown>[];
}

/** Of what a kind of result has nothing. */
export function none(): [] {
  return [];
}

/** The subject of a result by the values that tell it from others of its experiment. */
export function subjectOf<Result extends { readonly experiment: string }>(
  result: Result,
  ...keys: readonly (keyof Result & string)[]
): string {
  return JSON.stringify([result.experiment, ...keys.map((key) => result[key] ?? null)]);
}

/** For results that are about one thing: they are kept whole. */
export function whole<Result>(result: Result): Result {
  return result;
}
