/** Takes a run out of an archive of its directory, and into the store. */

import { exists } from "../../lab/places/exists.ts";
import { parseRun, type Run, RunFormatError } from "../../lab/experiments/run/run_schema.ts";
import { TRACE_NAME } from "../../lab/experiments/capture/capture_schema.ts";
import { readTar, type TarEntry, TarError } from "../../traces/tar/tar_reader.ts";
import type { RunStore } from "../../lab/store/run_store.ts";
import { StoreError } from "../../lab/store/store_error.ts";
import { Problem } from "../base/problem.ts";
import { MAX_UPLOAD } from "./receive.ts";

/** A run directory holds run.json and a few traces. */
const MAX_ENTRIES = 64;
/** A full plan's run.json has below 10 MiB. */
const MAX_RUN_JSON = 64 * 2 ** 20;
/** What an archive unpacks to; some bytes can stand for very many. */
const MAX_UNPACKED = 2 * MAX_UPLOAD;

const REMEDY = "send `tar cz` of one run directory as the store holds it";

/**
 * Unpacks an archive, checks what is in it, and saves the run.
 *
 * @param scratch An empty directory for the files; the caller removes it.
 * @returns The run.
 * @throws {Problem} If the archive is damaged, holds anything but one run, or the run is there.
 */
export async function takeArchive(
  path: string,
  compressed: boolean,
  store: RunStore,
  scratch: string,
): Promise<Run> {
  const files = await unpack(path, compressed, scratch);
  const json = files.get("run.json");
  if (json === undefined) throw new Problem(400, "The archive holds no run.json", REMEDY);
  files.delete("run.json");
  try {
    const run = parseRun(await Deno.readTextFile(json), "run.json of the archive");
    if (await exists(`${store.dir}/${run.id}`)) throw alreadyThere(run.id);
    await store.save(run, files);
    return run;
  } catch (cause) {
    if (cause instanceof StoreError || cause instanceof RunFormatError) {
      const [problem, remedy] = cause.message.split(/\.\s+Remedy: /);
      throw new Problem(400, problem!, remedy ?? REMEDY, cause);
    }
    throw cause;
  }
}

/** What {@linkcode RunStore.save} would say tells of a path that is the server's own matter. */
function alreadyThere(id: string): Problem {
  return new Problem(
    409,
    `Run ${id} is in the store already`,
    `see it at /runs/${encodeURIComponent(id)}`,
  );
}

/** @returns Paths of the files by their names in the run directory. */
async function unpack(
  path: string,
  compressed: boolean,
  scratch: string,
): Promise<Map<string, string>> {
  const { readable } = await Deno.open(path);
  const archive = compressed ? readable.pipeThrough(new DecompressionStream("gzip")) : readable;
  const files = new Map<string, string>();
  let directory: string | null = null;
  let entries = 0;
  let bytes = 0;
  try {
    for await (const entry of readTar(archive)) {
      bytes += entry.size;
      if (++entries > MAX_ENTRIES) throw refused(`more than ${MAX_ENTRIES} entries`);
      if (bytes > MAX_UNPACKED) throw refused(`more than ${MAX_UNPACKED / 2 ** 20} MiB`);
      if (entry.type === "directory") continue;
      const { folder, name } = placeOf(entry);
      directory ??= folder;
      if (folder !== directory) throw refused("more than one directory");
      if (files.has(name)) throw refused(`'${name}' twice`);
      if (name === "run.json" && entry.size > MAX_RUN_JSON) {
        throw refused(`a run.json of ${entry.size} bytes`);
      }
      const target = `${scratch}/${name}`;
      await write(entry, target);
      files.set(name, target);
    }
  } catch (cause) {
    if (cause instanceof Problem || cause instanceof Deno.errors.NotCapable) throw cause;
    const why = cause instanceof TarError ? `: ${cause.message}` : "";
    throw new Problem(400, `The archive is damaged or cut off${why}`, REMEDY, cause);
  }
  return files;
}

/** Only plain files, directly in one directory: an archive cannot name any other place. */
function placeOf({ path, type }: TarEntry): { folder: string; name: string } {
  const parts = path.replace(/^\.\//, "").split("/");
  const name = parts.pop()!;
  const folder = parts.join("/");
  if (type !== "file" || parts.length > 1 || !TRACE_NAME.test(name) || folder === "..") {
    throw refused(`'${path.slice(0, 200)}', which is no plain file of a run directory`);
  }
  return { folder, name };
}

async function write({ content }: TarEntry, target: string): Promise<void> {
  using file = await Deno.open(target, { write: true, createNew: true });
  for await (const chunk of content) {
    for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await file.write(rest));
  }
}

function refused(what: string): Problem {
  return new Problem(400, `The archive holds ${what}`, REMEDY);
}
