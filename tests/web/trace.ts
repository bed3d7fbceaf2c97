/**
 * A store with a real trace of at least a million events, for tests and benches of the pages.
 *
 * As a program: `deno run -A tests/web/trace.ts STORE` records it there, unless it is there already.
 * It takes half a minute, root, and tracefs.
 *
 * @module
 */

import { builtInPlans } from "../../lab/plan/plan.ts";
import { RunStore } from "../../lab/store/run_store.ts";
import { lab } from "../fixtures/lab_process.ts";

/** Events that the trace has at least. */
export const MILLION = 1_000_000;
/** Operations of each technique: with them the plan's techniques give some 1.2 million events. */
const OPERATIONS = 4400;
const SECONDS = 1.5;
const BUFFER_KB = 128 * 1024;

/** A trace in a store. */
export interface StoredTrace {
  readonly run: string;
  /** Its name in addresses: `/traces/KEY`. */
  readonly key: string;
  readonly events: number;
}

/** The longest trace of a store, if it is long enough. */
export function findLongTrace(store: string): StoredTrace | undefined {
  const runs = new RunStore(store);
  for (const row of runs.list()) {
    if (row.state !== "ok") continue;
    for (const result of runs.load(row.id).run.results) {
      if (result.experiment !== "capture" || result.trace === null) continue;
      if (result.events < MILLION || result.index === null) continue;
      return { run: row.id, key: `${row.id}~${result.trace}`, events: result.events };
    }
  }
  return undefined;
}

/**
 * Records with the full plan's capture, only longer, until there are a million events.
 *
 * @throws {Error} If this machine cannot record, with what the lab says about it.
 */
export async function longTrace(store: string): Promise<StoredTrace> {
  const found = findLongTrace(store);
  if (found !== undefined) return found;
  const capture = builtInPlans.full.experiments.filter((one) => one.experiment === "capture");
  const change = { ops: OPERATIONS, seconds: SECONDS, bufferKb: BUFFER_KB };
  const plan = {
    name: "million",
    experiments: capture.map((one) => ({ ...one, ...change })),
  };
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(file, JSON.stringify(plan));
    const { code, stderr } = await lab(["run", "--plan", file, "--out", store, "--json"]);
    if (code !== 0) throw new Error(`Cannot record a long trace: ${stderr}`);
  } finally {
    await Deno.remove(file);
  }
  const recorded = findLongTrace(store);
  if (recorded === undefined) {
    throw new Error(`The run in '${store}' holds no trace of ${MILLION} events with an index`);
  }
  return recorded;
}

if (import.meta.main) {
  const [store] = Deno.args;
  if (store === undefined) throw new Error("Usage: deno run -A tests/web/trace.ts STORE");
  const trace = await longTrace(store);
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(trace)}\n`));
}
