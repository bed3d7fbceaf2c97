/** What the newest runs say about each host. */

import { HostCollector } from "../../lab/experiments/host_collector.ts";
import type { HostView } from "../../lab/experiments/run/host_view.ts";
import { RunFormatError } from "../../lab/experiments/run/run_schema.ts";
import type { ReadableRow } from "../../lab/store/run_row.ts";
import { Problem } from "../base/problem.ts";
import type { RunLibrary } from "./run_library.ts";

/** Hosts that pages show; a wider table could not be read. */
export const MOST_HOSTS = 12;
/** Runs of a host that are looked at for what newer ones lack. */
const DEPTH = 20;
/** Runs of a host that are read. */
const MOST_READ = 6;

/** The newest hosts, real ones first. */
export interface NewestHosts {
  readonly views: readonly HostView[];
  /** Hosts that are not among them: machines with kernels. */
  readonly leftOut: number;
}

/** The newest runs of the newest hosts; what was made is kept until the store changes. */
export function newestHosts(library: RunLibrary): Promise<NewestHosts> {
  return library.remember("newest hosts", async () => {
    const { catalog } = library;
    const collector = new HostCollector();
    const hosts = catalog.hosts(MOST_HOSTS, DEPTH);
    for (const { rows } of hosts) {
      for (const { id } of contributing(rows)) {
        const run = await readOrNothing(library, id);
        if (run !== null) collector.add(run);
      }
    }
    return {
      views: collector.views(),
      leftOut: Math.max(0, catalog.countHosts() - hosts.length),
    };
  });
}

/**
 * Of the newest first, those that hold an experiment or a technique that no newer one holds, as many
 * as are read; and however old, those that saw something fail that no newer one saw.
 */
export function contributing(rows: readonly ReadableRow[]): ReadableRow[] {
  const covered = new Set<string>();
  const failures = new Set<string>();
  let read = 0;
  return rows.filter(({ experiments, techniques, failed }, at) => {
    const subjects = [...experiments, ...techniques];
    const adds = at === 0 || subjects.some((subject) => !covered.has(subject));
    const proves = failed.some((subject) => !failures.has(subject));
    for (const subject of subjects) covered.add(subject);
    const chosen = proves || (adds && read < MOST_READ);
    if (!chosen) return false;
    for (const subject of failed) failures.add(subject);
    read++;
    return true;
  });
}

/** A run of the catalog; null if it was removed or damaged since. */
async function readOrNothing(
  library: RunLibrary,
  id: string,
): Promise<Awaited<ReturnType<RunLibrary["readLater"]>> | null> {
  try {
    return await library.readLater(id);
  } catch (error) {
    if (error instanceof RunFormatError || error instanceof Problem) return null;
    throw error;
  }
}
