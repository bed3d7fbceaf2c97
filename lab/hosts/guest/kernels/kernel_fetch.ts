/** Finds the newest version of a kernel that can be had from Debian's archive and keeps it. */

import { HostError } from "../../../format/host_error.ts";
import { AptState, removeTree } from "./apt_state.ts";
import { compareVersions } from "./debian_version.ts";
import { type KeptAt, keptKernels } from "./kept_kernels.ts";
import {
  type CachedKernel,
  type KeptKernel,
  type KernelCache,
  type KernelRecord,
  sha256Of,
} from "./kernel_cache.ts";
import { KernelProblem } from "./kernel_problem.ts";
import { type Candidate, KernelSearch } from "./kernel_search.ts";
import { kernelTitle, metapackageOf, type NamedKernel } from "./metapackage.ts";
import { type MirrorChoice, suiteSources } from "./mirror.ts";
import { DirectoryLock } from "../../../places/directory_lock.ts";
import { type Unpacked, unpackKernel } from "./unpack.ts";

/** Told how far the work is, from 0 to 1, and what is being done. */
export type OnProgress = (fraction: number, label: string) => void;

/** What is needed to fetch a kernel. */
export interface KernelFetch extends MirrorChoice {
  /** Folder of all kernels. */
  readonly cacheRoot: string;
  readonly cache: KernelCache;
  /** Whether to give up soon where the mirror does not answer. */
  readonly hurried: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress;
}

/** What fetching did. */
export interface FetchedKernel {
  readonly record: KernelRecord;
  /** Of the package; 0 if it was there already. */
  readonly bytesFetched: number;
}

/** Where each part of the work begins on the scale from 0 to 1, by how long it takes. */
const AT = { archive: 0, security: 0.15, fetching: 0.2, unpacking: 0.85, checking: 0.97 } as const;

/**
 * Fetches the newest version that can be had, or finds that it is in the cache already.
 *
 * @throws {HostError} If none can be had; the cache then has the kernels that it had.
 */
export async function fetchKernel(kernel: NamedKernel, fetch: KernelFetch): Promise<FetchedKernel> {
  const task = `Cannot prepare ${kernelTitle(kernel)}`;
  const metapackage = metapackageOf(kernel);
  if (metapackage === null) {
    throw new HostError(`${task}: Debian has none. Remedy: see 'deno task lab hosts'`);
  }
  const started = Date.now();
  const { suite, arch } = metapackage;
  const directory = `${fetch.cacheRoot}/apt/${suite}-${arch}`;
  await Deno.mkdir(directory, { recursive: true });
  using _turn = await DirectoryLock.turn(
    directory,
    fetch.signal,
    () => fetch.onProgress(0, `waiting for another process that prepares a kernel of ${suite}`),
  );
  const found = await fetch.cache.find();
  if (found.state === "intact" && wasAsked(found.record, started)) {
    return { record: found.record, bytesFetched: 0 }; // somebody else just did it
  }

  const work = `${directory}/work`;
  await removeTree(work); // of a process that was killed
  const progress = forwards(fetch.onProgress);
  let search: KernelSearch | null = null;
  try {
    const [kept] = kernel.version === undefined ? [] : await keptKernels(fetch.cacheRoot, kernel);
    if (kept) return { record: await publish(kept, null, work, fetch), bytesFetched: 0 };
    const { signal, hurried } = fetch;
    const sources = await suiteSources(suite, fetch, task);
    const state = await AptState.open({ directory, arch, task, signal, hurried }, sources);
    search = new KernelSearch({
      state,
      kernel,
      metapackage,
      sources,
      onReading: ({ name }, fraction, label) =>
        name === "archive"
          ? progress(AT.archive, AT.security, fraction, label)
          : progress(AT.security, AT.fetching, fraction, label),
    });
    const workshop = { kernel, fetch, state, work, found, progress };
    for await (const candidate of search.candidates()) {
      try {
        return await take(candidate, search.tried, workshop);
      } catch (problem) {
        if (!(problem instanceof KernelProblem) || problem.fault !== "offer") throw problem;
        search.failed(problem);
      }
    }
    throw search.nothingLeft(task);
  } catch (cause) {
    let problem = cause;
    if (cause instanceof KernelProblem && search !== null) {
      search.failed(cause);
      problem = search.nothingLeft(task, cause);
    }
    if (found.state === "intact" && problem instanceof HostError) {
      await fetch.cache.write({
        ...found.record,
        tried: new Date().toISOString(),
        // That nobody could be asked is no reason to think that there is a newer one
        problem: search?.foundSome ? search.tried.join("; ") : found.record.problem,
      });
    }
    throw problem;
  } finally {
    await removeTree(work);
  }
}

/** Whether the mirror was asked since a time, with or without luck. */
function wasAsked({ resolved, tried, problem }: KernelRecord, since: number): boolean {
  return [resolved, problem === null ? null : tried]
    .some((time) => time !== null && Date.parse(time) >= since);
}

/** What it takes to make a kernel out of a package. */
interface Workshop {
  readonly kernel: NamedKernel;
  readonly fetch: KernelFetch;
  readonly state: AptState;
  /** A folder that is removed afterwards. */
  readonly work: string;
  /** What the kernel's own place had. */
  readonly found: CachedKernel;
  readonly progress: Stretches;
}

/**
 * Makes a candidate the kernel that is kept, unless a newer one is there.
 *
 * @param tried What failed before.
 * @throws {KernelProblem} If it cannot be had.
 */
async function take(
  candidate: Candidate,
  tried: readonly string[],
  workshop: Workshop,
): Promise<FetchedKernel> {
  const { kernel, fetch, found, work } = workshop;
  const [kept] = await keptKernels(
    fetch.cacheRoot,
    kernel,
    (one) => isSame(one, candidate) || compareVersions(one.version, candidate.version) > 0,
  );
  const problem = kernel.version === undefined ? problemOf(candidate, tried, kept?.kernel) : null;
  if (kept && found.state === "intact" && isSame(kept.kernel, found.record)) {
    const record = { ...found.record, ...askedNow(problem) };
    await fetch.cache.write(record);
    return { record, bytesFetched: 0 };
  }
  if (kept) return { record: await publish(kept, problem, work, fetch), bytesFetched: 0 };
  const made = await fetchFiles(candidate, workshop);
  return { record: await publish(made, problem, work, fetch), bytesFetched: candidate.size };
}

/** When the mirror was asked, and with what luck. */
function askedNow(problem: string | null): Pick<KernelRecord, "resolved" | "tried" | "problem"> {
  const now = new Date().toISOString();
  return problem === null
    ? { resolved: now, tried: null, problem }
    : { resolved: null, tried: now, problem };
}

/** Makes a kernel the newest one of its place: that of the work's files, or a copy of a kept one. */
async function publish(
  made: KeptKernel | KeptAt,
  problem: string | null,
  work: string,
  { cache, signal }: KernelFetch,
): Promise<KernelRecord> {
  const folder = `${work}/files`;
  const kernel = "cache" in made ? await copy(made, folder) : made;
  signal?.throwIfAborted();
  const record = { format: "fencelab.kernel/1", ...kernel, ...askedNow(problem) } as const;
  return await cache.publish(folder, record);
}

/** Why what is taken may not be the newest one, or `null`. */
function problemOf(
  { name, version, suite, best }: Candidate,
  tried: readonly string[],
  kept: KeptKernel | undefined,
): string | null {
  const why = tried.join("; ");
  if (kept && kept.version !== version) {
    const newest = `${suite} now has nothing newer than ${name} ${version}`;
    return `${kept.package} ${kept.version} was kept from earlier: ${newest}` +
      (why === "" ? "" : `; ${why}`);
  }
  if (best) return why === "" ? null : why;
  return `${name} ${version} of ${suite} was taken instead: ${why}`;
}

function isSame(
  kept: Pick<KeptKernel, "package" | "version">,
  other: Pick<Candidate, "name" | "version"> | Pick<KeptKernel, "package" | "version">,
): boolean {
  const name = "name" in other ? other.name : other.package;
  return kept.package === name && kept.version === other.version;
}

/** Copies a kernel that was kept for another name. */
async function copy({ cache, kernel }: KeptAt, folder: string): Promise<KeptKernel> {
  await removeTree(folder); // of a candidate that was no good
  await Deno.mkdir(folder, { recursive: true });
  for (const one of [kernel.image, ...kernel.modules]) {
    await Deno.copyFile(cache.path(kernel, one), `${folder}/${one.file}`);
  }
  return kernel;
}

async function fetchFiles(
  candidate: Candidate,
  { kernel, fetch: { signal }, state, work, progress }: Workshop,
): Promise<KeptKernel> {
  const folder = `${work}/files`;
  await removeTree(folder); // of a candidate that was no good
  await Deno.mkdir(folder, { recursive: true });
  const { name, version, size } = candidate;
  const task = `Cannot take ${name} ${version} of ${candidate.suite}`;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const tell = (fraction: number): void =>
    progress(
      AT.fetching,
      AT.unpacking,
      fraction,
      `fetching ${name} ${megabytes(size * fraction)} of ${megabytes(size)} MB`,
    );
  tell(0);
  const deb = await state.download(candidate, work, task, tell);
  progress(AT.unpacking, 1, 0, `unpacking ${name}`);
  let unpacked: Unpacked;
  try {
    unpacked = await unpackKernel({ deb, folder, arch: kernel.arch, task, signal });
  } finally {
    await Deno.remove(deb); // the next candidate's is looked for there
  }
  progress(AT.checking, 1, 0, `keeping ${name}`);
  const digest = async (file: string): Promise<{ file: string; sha256: string }> => ({
    file,
    sha256: await sha256Of(`${folder}/${file}`),
  });
  return {
    package: name,
    version,
    release: unpacked.release,
    folder: `${name}_${version.replaceAll(/[^\w.+~-]/g, "_")}`,
    image: await digest(unpacked.image),
    modules: await Promise.all(unpacked.modules.map(digest)),
  };
}

/** Told how far a part of the work is that reaches from one point of the scale to another. */
type Stretches = (from: number, to: number, fraction: number, label: string) => void;

/** Progress that stays where it is when something is done a second time. */
function forwards(onProgress: OnProgress): Stretches {
  let reached = 0;
  return (from, to, fraction, label) => {
    reached = Math.max(reached, from + (to - from) * fraction);
    onProgress(reached, label);
  };
}
