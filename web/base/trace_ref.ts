import { RunFormatError } from "../../lab/experiments/run/run_schema.ts";
import { isRunId } from "../../lab/format/run_id.ts";
import { readStoredRun } from "../../lab/store/read_run.ts";
import { tracesOf } from "../../lab/store/write_run.ts";
import type { Run } from "../../lab/experiments/run/run_schema.ts";
import type { RunStore } from "../../lab/store/run_store.ts";
import { Problem } from "./problem.ts";

/** A trace that the server may read. */
export interface TraceRef {
  /** Its name in addresses: `RUN~FILE`, or `upload~NAME`. */
  readonly key: string;
  readonly path: string;
  /** For people. */
  readonly title: string;
  /** The run that it belongs to; null: it was uploaded. */
  readonly run: Run | null;
}

/** Directory of the store that holds uploaded traces. */
export const UPLOADS = ".uploads";

const UPLOAD_NAME = /^[0-9a-f]{64}\.pftrace$/;

/** One owner and one file: what came after them would go into paths unseen. */
const KEY = /^(?<owner>[^~]+)~(?<file>[^~]+)$/;

/**
 * Finds a trace by its key.
 *
 * Only names that a run itself gives lead to a file, so that no key leads out of the store; and the
 * key of what is found is put together from those names, for it becomes a part of paths.
 *
 * @param asked The key as the request has it.
 * @throws {Problem} If there is none.
 */
export function findTrace(
  { store }: { readonly store: Pick<RunStore, "dir"> },
  asked: string,
): TraceRef {
  const { owner = "", file = "" } = KEY.exec(asked)?.groups ?? {};
  const key = `${owner}~${file}`;
  if (owner === "upload" && UPLOAD_NAME.test(file)) {
    const path = `${store.dir}/${UPLOADS}/${file}`;
    if (isFile(path)) return { key, path, title: `Uploaded trace ${file.slice(0, 12)}`, run: null };
  }
  if (isRunId(owner)) {
    try {
      const run = readStoredRun(store.dir, owner);
      const named = tracesOf(run).includes(file);
      const path = `${store.dir}/${owner}/${file}`;
      if (named && isFile(path)) return { key, path, title: `${file} of ${owner}`, run };
    } catch (error) {
      if (!(error instanceof RunFormatError)) throw error;
    }
  }
  throw new Problem(404, `There is no trace '${asked}'`, "choose one from the page of its run");
}

/** Links are not followed: they could lead anywhere. */
function isFile(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}
