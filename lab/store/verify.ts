import type { Run } from "../experiments/run/run_schema.ts";
import { namedFiles } from "./write_run.ts";

/** Something in a run directory that does not belong there, or does not lie there. */
export interface RunDirProblem {
  /** The name in the run directory. */
  file: string;
  kind: "unexpected" | "missing" | "not-a-file";
  /** The problem in a sentence. */
  message: string;
}

/**
 * Compares a run directory with what its run.json names.
 *
 * @returns The differences, sorted by name; empty when directory and run agree.
 * @throws If the directory cannot be read.
 */
export function verifyRunDir(dir: string, run: Run): RunDirProblem[] {
  const awaited = new Set(namedFiles(run));
  const problems: RunDirProblem[] = [];
  for (const entry of Deno.readDirSync(dir)) {
    const named = awaited.delete(entry.name) || entry.name === "run.json";
    if (!named) {
      const message = `'${entry.name}' is named by no result of run.json`;
      problems.push({ file: entry.name, kind: "unexpected", message });
    } else if (!entry.isFile) {
      const message = `'${entry.name}' is not a regular file`;
      problems.push({ file: entry.name, kind: "not-a-file", message });
    }
  }
  for (const file of awaited) {
    const message = `'${file}' is named by run.json and is missing`;
    problems.push({ file, kind: "missing", message });
  }
  return problems.sort((left, right) => left.file < right.file ? -1 : 1);
}
