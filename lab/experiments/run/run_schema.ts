import { z } from "zod";
import { printable } from "../../text/printable.ts";
import { hostSchema, warningSchema } from "../../format/host_schema.ts";
import type { Known } from "../../format/known.ts";
import { RUN_ID } from "../../format/run_id.ts";
import { type Result, resultSchema } from "./results_schema.ts";

export type { Histogram } from "../../format/histogram_schema.ts";
export type { Guest, Host, Warning } from "../../format/host_schema.ts";
export type { CostResult, Registration } from "../cost/cost_schema.ts";
export type { ConformanceResult } from "../conformance/conformance_schema.ts";
export type { Result } from "./results_schema.ts";

/** Name of the format that this fencelab reads and writes. */
export const RUN_SCHEMA = "fencelab.run/1";

/** The content of run.json. */
export const runSchema = z.looseObject({
  schema: z.literal(RUN_SCHEMA),
  id: z.string().regex(RUN_ID, "expected a run id such as 20261121T010438Z-local-3fa2"),
  startedAt: z.iso.datetime({ error: "expected a time in UTC such as 2026-11-21T01:04:38Z" }),
  seconds: z.number().nonnegative(),
  plan: z.record(z.string(), z.unknown()),
  command: z.string().describe("command line that repeats this run"),
  seed: z.int().nonnegative().optional().describe("of older runs; it meant nothing"),
  fencelab: z.looseObject({ version: z.string().min(1), build: z.string().min(1) }),
  host: hostSchema,
  environment: z.record(z.string(), z.unknown()),
  warnings: z.array(warningSchema),
  results: z.array(resultSchema),
}).meta({
  title: "fencelab run",
  description: "One plan on one host: run.json of a run directory",
});

/** One plan on one host: the content of `run.json`. */
export type Run = Omit<Known<z.infer<typeof runSchema>>, "results"> & { results: Result[] };

/** A `run.json` that is not JSON, not a run, or a run of another version of the format. */
export class RunFormatError extends Error {
  override readonly name = "RunFormatError";
  /** The file, as the caller named it. */
  readonly where: string;
  /** The place inside the file, such as `results[3].ns.p50`; empty for the whole of it. */
  readonly path: string;
  /** What is wrong there. */
  readonly problem: string;

  constructor(where: string, path: string, problem: string, remedy: string, cause?: unknown) {
    const place = path === "" ? "" : `${path}: `;
    const text = `Cannot read run '${where}': ${place}${problem}. Remedy: ${remedy}`;
    super(printable(text), { cause });
    this.where = where;
    this.path = path;
    this.problem = problem;
  }
}

const COPY_AGAIN = "copy the run again from where it was made, or remove it";

/**
 * Reads the text of a `run.json`.
 *
 * @param text The whole file.
 * @param where The file's name, for the error message.
 * @returns The run; keys that this version does not know are kept.
 * @throws {RunFormatError} If the text is not JSON, not a run, or of another version of the format.
 */
export function parseRun(text: string, where: string): Run {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const problem = `it is not JSON (${(cause as Error).message})`;
    throw new RunFormatError(where, "", problem, COPY_AGAIN, cause);
  }
  return checkRun(value, where);
}

/**
 * Checks a run that is already a value: before it is written, or after a transport handed it over.
 *
 * @param value What should be a run.
 * @param where Where it comes from, for the error message.
 * @throws {RunFormatError} If it is not a run of this version of the format.
 */
export function checkRun(value: unknown, where: string): Run {
  refuseOtherSchema(value, where);
  const outcome = runSchema.safeParse(value);
  if (outcome.success) return outcome.data;
  const [first] = outcome.error.issues;
  const others = outcome.error.issues.length - 1;
  const more = others === 0 ? "" : ` (and ${others} further ${others === 1 ? "fault" : "faults"})`;
  const problem = first!.message.replace(/^Invalid input: /, "").replace(/^Invalid string: /, "");
  const path = jsonPath(first!.path);
  throw new RunFormatError(where, path, problem + more, COPY_AGAIN, outcome.error);
}

function refuseOtherSchema(value: unknown, where: string): void {
  const schema = typeof value === "object" && value !== null && "schema" in value
    ? value.schema
    : undefined;
  if (schema === RUN_SCHEMA) return;
  const version = /^fencelab\.run\/(\d{1,9})$/.exec(String(schema))?.[1];
  if (version !== undefined && Number(version) > 1) {
    const problem = `it has the newer schema '${schema}', this fencelab reads '${RUN_SCHEMA}'`;
    throw new RunFormatError(where, "schema", problem, "update fencelab");
  }
  const said = typeof schema === "string" ? `its schema is '${schema}'` : "it names no schema";
  const problem = `it is not a fencelab run: ${said}, expected '${RUN_SCHEMA}'`;
  throw new RunFormatError(where, "schema", problem, "name a directory that fencelab wrote");
}

/** Writes a path of keys and positions as code would: `results[3].ns.p50`. */
function jsonPath(keys: readonly PropertyKey[]): string {
  let path = "";
  for (const key of keys) {
    if (typeof key === "number") path += `[${key}]`;
    else if (/^[A-Za-z_]\w*$/.test(String(key))) path += `${path === "" ? "" : "."}${String(key)}`;
    else path += `[${JSON.stringify(String(key))}]`;
  }
  return path;
}

/** The text of `run.json`: indented for readers, but arrays of numbers on one line each. */
export function formatRun(run: Run): string {
  // A JSON string holds no raw line break, so a bracket before one is always an array.
  const numbers = /\[\n\s*(-?[\d.eE+-]+(?:,\n\s*-?[\d.eE+-]+)*)\n\s*\]/g;
  const compact = (_: string, list: string): string => `[${list.replaceAll(/\s+/g, "")}]`;
  return JSON.stringify(run, null, 2).replaceAll(numbers, compact) + "\n";
}

/** The JSON Schema of `run.json` (draft 2020-12), for other tools. */
export function runJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(runSchema, { io: "input" }) };
}
