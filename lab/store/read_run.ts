import { parseRun, type Run, RunFormatError } from "../experiments/run/run_schema.ts";
import { isRunId } from "../format/run_id.ts";

// A full plan is below 10 MiB; a string cannot grow beyond 512 MiB anyway.
const LARGEST_RUN_JSON = 256 * 2 ** 20;

/**
 * Reads the `run.json` of a run directory.
 *
 * @throws {RunFormatError} If it is missing, unreadable, no regular file, too large, or no run.
 */
export function readRun(dir: string): Run {
  const path = `${dir}/run.json`;
  const copy = "copy the run again from where it was made, or remove it";
  let text: string;
  try {
    const info = Deno.lstatSync(path);
    // A link could lead out of the run, and reading a pipe or a device could take for ever.
    if (!info.isFile) throw new RunFormatError(path, "", "it is not a regular file", copy);
    if (info.size > LARGEST_RUN_JSON) {
      const problem = `it has ${info.size} bytes, more than ${LARGEST_RUN_JSON}`;
      throw new RunFormatError(path, "", problem, copy);
    }
    text = Deno.readTextFileSync(path);
  } catch (cause) {
    if (cause instanceof RunFormatError) throw cause;
    const missing = cause instanceof Deno.errors.NotFound;
    const problem = missing ? "run.json is missing" : (cause as Error).message;
    throw new RunFormatError(path, "", problem, copy, cause);
  }
  return parseRun(text, path);
}

/**
 * Reads a run of a store, whose directory has to bear the run's id.
 *
 * @param store The store's directory.
 * @param name The name of a directory in it.
 * @throws {RunFormatError} If it cannot be read, or is another run than the directory's name says.
 */
export function readStoredRun(store: string, name: string): Run {
  const run = readRun(`${store}/${name}`);
  if (run.id === name) return run;
  const said = isRunId(name) ? `'${name}'` : `'${name}', which is no run id`;
  const problem = `the directory is called ${said}, the run is '${run.id}'`;
  throw new RunFormatError(`${store}/${name}`, "id", problem, `rename it to '${run.id}'`);
}
