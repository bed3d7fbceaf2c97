/** The files of a run directory, as far as the run itself names them. */

import type { Run } from "../../lab/experiments/run/run_schema.ts";
import type { TarFile } from "../../traces/tar/tar_writer.ts";
import { namedFiles } from "../../lab/store/write_run.ts";
import { Problem } from "../base/problem.ts";

/** A file that can be downloaded. */
export interface RunFile {
  readonly name: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last changed, milliseconds since 1970. */
  readonly modified: number;
}

/** run.json and what it names, as far as they are there; links and others lead elsewhere. */
export function filesOf(store: string, run: Run): RunFile[] {
  return ["run.json", ...namedFiles(run)].flatMap((name) => {
    const file = fileAt(`${store}/${run.id}/${name}`, name);
    return file === null ? [] : [file];
  });
}

/** @throws {Problem} If the run names no such file, or it is not there. */
export function fileNamed(store: string, run: Run, name: string): RunFile {
  const file = filesOf(store, run).find((one) => one.name === name);
  if (file !== undefined) return file;
  throw new Problem(
    404,
    `Run '${run.id}' has no file '${name}'`,
    "choose one of those that its page lists",
  );
}

function fileAt(path: string, name: string): RunFile | null {
  try {
    const { isFile, size, mtime } = Deno.lstatSync(path);
    return isFile ? { name, path, size, modified: mtime?.getTime() ?? 0 } : null;
  } catch {
    return null;
  }
}

/** A run directory as an archive: extracted in a store it is a run of that store. */
export function archiveOf(store: string, run: Run): TarFile[] {
  return filesOf(store, run).map(({ name, path, size, modified }) => ({
    name: `${run.id}/${name}`,
    size,
    modified: modified / 1000,
    open: async (): Promise<AsyncIterable<Uint8Array>> => (await Deno.open(path)).readable,
  }));
}
