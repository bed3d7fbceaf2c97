/** From the ids in an address to a comparison. */

import { compareRuns } from "../../lab/compare/compare_runs.ts";
import type { Comparison } from "../../lab/compare/comparison.ts";
import { type Run, RunFormatError } from "../../lab/experiments/run/run_schema.ts";
import { Problem } from "../base/problem.ts";
import type { RunLibrary } from "./run_library.ts";

/** Runs of a side; more are read and judged for too long. */
const MOST_RUNS = 20;

/** What a comparison was asked for. */
export interface Asked {
  readonly left: readonly Run[];
  readonly right: readonly Run[];
  /** Runs that could not be read, each with the reason and the remedy. */
  readonly problems: readonly string[];
}

/**
 * Reads the runs of both sides, each once.
 *
 * @throws {Problem} If a side has too many, or a run is on both.
 */
export async function askedRuns(
  library: RunLibrary,
  base: readonly string[],
  against: readonly string[],
): Promise<Asked> {
  const problems: string[] = [];
  const [from, to] = [new Set(base), new Set(against)];
  if (Math.max(from.size, to.size) > MOST_RUNS) {
    throw new Problem(400, `More than ${MOST_RUNS} runs on a side`, "leave the oldest out");
  }
  const shared = [...from].find((id) => to.has(id));
  if (shared !== undefined) {
    throw new Problem(400, `Run '${shared}' is on both sides`, "take it from one of them");
  }
  const read = async (ids: Iterable<string>): Promise<Run[]> => {
    const runs: Run[] = [];
    for (const id of ids) {
      try {
        runs.push(await library.readLater(id));
      } catch (error) {
        if (error instanceof Problem) problems.push(`${error.message}. Remedy: ${error.remedy}`);
        else if (error instanceof RunFormatError) problems.push(error.message);
        else throw error;
      }
    }
    return runs;
  };
  return { left: await read(from), right: await read(to), problems };
}

/** The comparison of what was asked for; null: a side is empty. */
export function comparisonOf({ left, right }: Asked): Comparison | null {
  return left.length === 0 || right.length === 0 ? null : compareRuns(left, right);
}

/** Whether one side was measured on an emulated CPU. */
export function isEmulated({ left, right }: Asked): boolean {
  return [...left, ...right].some(({ host }) => host.emulated);
}
