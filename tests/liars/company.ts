/** Runs the lab with fences of tests/liars/fences/, and hears what it says of them. */

import { assert } from "@std/assert";

import type { OrderingResult } from "../../lab/experiments/ordering/ordering_schema.ts";
import { resultsIn } from "../../lab/experiments/run/results_in.ts";
import { parseRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import { lab } from "../fixtures/lab_process.ts";

/** What was said of some fences. */
export interface Said {
  readonly run: Run;
  /** The run's report as a list of checks; see `lab report --format ktap`. */
  readonly checks: readonly string[];
}

/** Short, and long enough for verdicts: built-in techniques get theirs with as many turns. */
const PLAN = {
  name: "liars",
  experiments: [
    {
      experiment: "cost",
      techniques: ["none"],
      siblings: [1],
      placements: "best",
      callers: [1],
      samples: 1000,
      seconds: 0.1,
      registration: false,
    },
    { experiment: "ordering", techniques: ["none"], iterations: 20_000, seconds: 1 },
    {
      experiment: "capture",
      techniques: ["none"],
      siblings: 1,
      ops: 100,
      seconds: 0.1,
      bufferKb: 4096,
      stopAboveNs: 0,
    },
  ],
};

/**
 * Runs the plan of liars.
 *
 * @param names Files of tests/liars/fences/, without `.c`.
 * @param experiments Of {@linkcode PLAN}; all, where none is named.
 */
export async function hear(names: readonly string[], ...experiments: string[]): Promise<Said> {
  const store = await Deno.makeTempDir({ prefix: "fencelab-liars-" });
  try {
    Deno.writeTextFileSync(`${store}/plan.json`, JSON.stringify(PLAN));
    const sources = names.map((name) => new URL(`fences/${name}.c`, import.meta.url).pathname);
    const { stdout, stderr } = await lab([
      ...["run", "--json", "--out", `${store}/runs`, "--plan", `${store}/plan.json`],
      ...experiments.flatMap((name) => ["--experiment", name]),
      ...sources.flatMap((path) => ["--technique-source", path]),
    ]);
    assert(stdout.startsWith("{"), stderr);
    const report = await lab(["report", "--store", `${store}/runs`, "--format", "ktap"]);
    return { run: parseRun(stdout, "stdout"), checks: report.stdout.split("\n") };
  } finally {
    await Deno.remove(store, { recursive: true });
  }
}

/** Verdicts about a fence: about the sibling's accesses (role `technique`) or about the caller's. */
export function verdictsOn(run: Run, name: string, role: "technique" | "caller"): OrderingResult[] {
  return resultsIn(run, "ordering").filter((one) =>
    one.technique === `user:${name}` && one.role === role
  );
}

/** What a verdict said, for messages of tests. */
export function wordsOf({ technique, role, verdict, why, bound }: OrderingResult): string {
  return `${technique}, ${role}: ${verdict}, ${why}; excluded: ${bound}`;
}

/** Checks of a technique that a report calls passed, in its words. */
export function passedChecks(
  checks: readonly string[],
  technique: string,
  role: string,
): string[] {
  return checks.filter((line) =>
    line.includes(` ${role}: ${technique}, `) && /^ *ok /.test(line) && !line.includes("# SKIP")
  );
}
