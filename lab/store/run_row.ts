import { kindOf } from "../experiments/experiments.ts";
import { failedSubjects } from "../experiments/merge_results.ts";
import { hostIdentity, machineOf } from "../experiments/run/host_identity.ts";
import type { Run, RunFormatError } from "../experiments/run/run_schema.ts";
import { startOfRunId } from "../format/run_id.ts";

interface RowPlace {
  /** The run's id; of a damaged run the name of its directory. */
  id: string;
  path: string;
  /** The start in UTC; of a damaged run what the directory's name or age says. */
  startedAt: string;
}

/** A run in a list. */
export interface ReadableRow extends RowPlace {
  state: "ok";
  /** Duration in seconds. */
  seconds: number;
  command: string;
  host: string;
  arch: string;
  kernel: string;
  emulated: boolean;
  /** The experiments that have results, each once. */
  experiments: string[];
  /** The techniques that have results, each once. */
  techniques: string[];
  /** What was seen not to do what it should; see failedSubjects(). */
  failed: string[];
  warnings: number;
  /** Whether one of them invalidates results. */
  invalidated: boolean;
}

/** A run directory in a list whose `run.json` cannot be used. */
export interface DamagedRow extends RowPlace {
  state: "damaged";
  /** What is wrong with it and what to do. */
  error: string;
}

/** One line of a list of runs. */
export type RunRow = ReadableRow | DamagedRow;

/** A row as the index stores it: SQLite knows neither lists nor booleans. */
export type IndexRecord = Record<string, string | number | null>;

/** What the index keeps of a run. */
export function recordOfRun(run: Run): IndexRecord {
  const experiments = run.results.map((result) => result.experiment);
  const techniques = run.results.flatMap((result) => kindOf(result).attempts(result))
    .map(({ technique }) => technique);
  const aliases = run.results.flatMap((result) => kindOf(result).aliases(result));
  return {
    started_ms: Date.parse(run.startedAt),
    started_at: run.startedAt,
    seconds: run.seconds,
    command: run.command,
    host: run.host.name,
    arch: run.host.arch,
    kernel: run.host.kernel,
    machine: machineOf(run),
    identity: hostIdentity(run),
    emulated: Number(run.host.emulated),
    experiments: JSON.stringify([...new Set(experiments)]),
    techniques: JSON.stringify([...new Set(techniques)]),
    flavours: JSON.stringify([...new Set(aliases)]),
    failed: JSON.stringify(failedSubjects(run)),
    warnings: run.warnings.length,
    invalidated: Number(run.warnings.some((warning) => warning.invalidates)),
    error: null,
  };
}

/**
 * What the index keeps of a damaged run.
 *
 * @param modified When `run.json` was last changed, milliseconds since 1970.
 */
export function recordOfDamage(name: string, modified: number, error: RunFormatError): IndexRecord {
  const start = startOfRunId(name) ?? modified;
  return {
    started_ms: start,
    started_at: new Date(start).toISOString(),
    seconds: null,
    command: null,
    host: null,
    arch: null,
    kernel: null,
    machine: null,
    identity: null,
    emulated: null,
    experiments: null,
    techniques: null,
    flavours: null,
    failed: null,
    warnings: null,
    invalidated: null,
    error: error.message,
  };
}

/** The row of a record that came back from the index. */
export function rowOfRecord(store: string, record: IndexRecord): RunRow {
  const id = String(record.name);
  const place: RowPlace = { id, path: `${store}/${id}`, startedAt: String(record.started_at) };
  if (record.error !== null) return { ...place, state: "damaged", error: String(record.error) };
  return {
    ...place,
    state: "ok",
    seconds: Number(record.seconds),
    command: String(record.command),
    host: String(record.host),
    arch: String(record.arch),
    kernel: String(record.kernel),
    emulated: record.emulated === 1,
    experiments: JSON.parse(String(record.experiments)),
    techniques: JSON.parse(String(record.techniques)),
    failed: JSON.parse(String(record.failed)),
    warnings: Number(record.warnings),
    invalidated: record.invalidated === 1,
  };
}
