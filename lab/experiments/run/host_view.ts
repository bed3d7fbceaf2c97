/** What is known of a host by its runs. */

import type { HostRun } from "./host_evidence.ts";
import type { Result, Run } from "./run_schema.ts";

/** What the report says about a run itself. */
export interface RunNote {
  readonly id: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly command: string;
  readonly version: string;
  readonly build: string;
  /** Experiments with results, each once. */
  readonly experiments: readonly string[];
  readonly warnings: Run["warnings"];
  /** Results of it that the report shows: of the rest other runs say more, or it anew. */
  readonly shown: number;
}

/** One host with one kernel. */
export interface HostView {
  /** A name that no other host of the report has. */
  readonly label: string;
  /** What it calls itself. */
  readonly name: string;
  /** The newest run of the host with the results of all, newest first. */
  readonly run: HostRun;
  /** Newest first. */
  readonly runs: readonly RunNote[];
  /** The run that each result comes from. */
  readonly origin: ReadonlyMap<Result, Run["id"]>;
}

/** Shortens what nobody would read to its end. */
export function clip(text: string, length: number): string {
  const letters = [...text];
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join("")}…`;
}
