import { checkRun, formatRun, type Run, RunFormatError } from "../experiments/run/run_schema.ts";
import { TRACE_NAME } from "../experiments/capture/capture_schema.ts";
import { kindOf } from "../experiments/experiments.ts";
import type { NamedTrace } from "../judgement/result_kind.ts";
import { syncDirectory } from "../places/directory_lock.ts";
import { lockedDirectory } from "./scratch.ts";
import { StoreError, storeErrorOf } from "./store_error.ts";

/** Files that belong to a run: name in the run directory to its bytes, or to a path to copy. */
export type RunFiles = ReadonlyMap<string, Uint8Array | string>;

/** The traces that a run names. */
export function tracesOf(run: Run): string[] {
  return [...new Set(named(run).map(({ trace }) => trace))];
}

/** The files that a run names besides run.json: traces and their indexes. */
export function namedFiles(run: Run): string[] {
  const indexes = named(run).flatMap(({ index }) => index === null ? [] : [index]);
  return [...new Set([...tracesOf(run), ...indexes])];
}

function named({ results }: Run): NamedTrace[] {
  return results.flatMap((result) => kindOf(result).traces(result));
}

/**
 * Writes a run directory completely or not at all.
 *
 * The directory is filled under a temporary name, flushed to the disk and renamed. While it is being
 * filled it is locked, so that other processes can tell it from one whose writer was killed.
 *
 * @param store The store's directory; made if need be.
 * @returns The path of the run directory.
 * @throws {StoreError} If the run does not fit the schema, or cannot be written; nothing is left
 * behind then.
 */
export async function writeRun(store: string, run: Run, files: RunFiles): Promise<string> {
  checkContent(run);
  checkFiles(run, files);
  const action = `Cannot save run '${run.id}' in '${store}'`;
  const temporary = `${store}/.tmp-${run.id}-${Deno.pid}`;
  try {
    using _lock = await lockedDirectory(store, temporary);
    try {
      await refuseExisting(`${store}/${run.id}`);
      for (const [name, content] of files) await writeFile(`${temporary}/${name}`, content);
      await writeFile(`${temporary}/run.json`, new TextEncoder().encode(formatRun(run)));
      await syncDirectory(temporary);
      await Deno.rename(temporary, `${store}/${run.id}`);
    } catch (cause) {
      // What cannot be removed now is swept by the next save; the first error is the one to tell.
      await Deno.remove(temporary, { recursive: true }).catch(leaveForSweep);
      throw cause;
    }
    await syncDirectory(store);
  } catch (cause) {
    throw storeErrorOf(action, cause);
  }
  return `${store}/${run.id}`;
}

function checkContent(run: Run): void {
  try {
    checkRun(run, run.id);
  } catch (cause) {
    if (!(cause instanceof RunFormatError)) throw cause;
    const remedy = "report this fault: fencelab made a run that does not fit its own format";
    const problem = `Cannot save run '${run.id}': ${cause.path}: ${cause.problem}`;
    throw new StoreError(problem, remedy, cause);
  }
}

function checkFiles(run: Run, files: RunFiles): void {
  const action = `Cannot save run '${run.id}'`;
  const named = namedFiles(run);
  for (const name of files.keys()) {
    if (!TRACE_NAME.test(name) || name === "run.json" || !named.includes(name)) {
      const remedy = "name it as the `trace` or `index` of a result, without a folder";
      throw new StoreError(`${action}: no result names the file '${name}'`, remedy);
    }
  }
  const missing = named.find((name) => !files.has(name));
  if (missing !== undefined) {
    const remedy = "hand the file over together with the run";
    throw new StoreError(
      `${action}: a result names the file '${missing}', none is given`,
      remedy,
    );
  }
}

async function refuseExisting(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return;
    throw cause;
  }
  throw new StoreError(`Cannot save run: '${path}' exists`, "give the run another id");
}

async function writeFile(path: string, content: Uint8Array | string): Promise<void> {
  using target = await Deno.open(path, { write: true, createNew: true });
  if (typeof content === "string") {
    using source = await Deno.open(content);
    const chunk = new Uint8Array(1 << 20);
    for (let read = await source.read(chunk); read !== null; read = await source.read(chunk)) {
      await writeAll(target, chunk.subarray(0, read));
    }
  } else {
    await writeAll(target, content);
  }
  await target.sync();
}

async function writeAll(target: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await target.write(bytes.subarray(written));
}

function leaveForSweep(): void {}
