/** A store with runs of every kind, for the tests of pages. */

import { RUN_SCHEMA } from "../../lab/experiments/run/run_schema.ts";
import { lab } from "../fixtures/lab_process.ts";
import { crossArchitecture, hostileRuns, ReportPlace } from "../lab/report_place.ts";

/** Runs of three architectures, one really measured, and two that cannot be read. */
export interface PagesPlace extends Disposable {
  readonly store: string;
  /** Path of a file beside the store. */
  file(name: string): string;
  /** The run that the lab made. */
  readonly measured: string;
  /** A run whose run.json is cut off. */
  readonly damaged: string;
  /** A run of a version of the format that is to come. */
  readonly newer: string;
}

/** Makes it. */
export async function makePagesPlace(): Promise<PagesPlace> {
  const place = new ReportPlace();
  try {
    for (const run of crossArchitecture()) place.put(run);
    const what = ["--experiment", "conformance", "--experiment", "cost", "--technique", "munmap"];
    const { code, stdout, stderr } = await lab(
      ["run", ...what, "--seconds", "0.1", "--out", place.store, "--json"],
    );
    if (code !== 0) throw new Error(`The lab made no run: ${stderr}`);
    const damaged = "20261120T010000Z-local-dead";
    const newer = "20261120T020000Z-local-beef";
    for (const [id, text] of [[damaged, '{"schema":'], [newer, newerRun()]] as const) {
      Deno.mkdirSync(`${place.store}/${id}`);
      Deno.writeTextFileSync(`${place.store}/${id}/run.json`, text);
    }
    const { id: measured } = JSON.parse(stdout) as { id: string };
    return {
      store: place.store,
      file: (name) => place.file(name),
      measured,
      damaged,
      newer,
      [Symbol.dispose]: () => place[Symbol.dispose](),
    };
  } catch (error) {
    place[Symbol.dispose]();
    throw error;
  }
}

function newerRun(): string {
  return JSON.stringify({ schema: RUN_SCHEMA.replace(/\d+$/, "9") });
}

/** A store in which every text is hostile. */
export function makeHostilePlace(): ReportPlace {
  const place = new ReportPlace();
  for (const run of hostileRuns()) place.put(run);
  return place;
}
