/** Finds a kernel's newest version in Debian's archive and puts it into the cache. */

import { HostError } from "../../host_error.ts";
import { type AptPackage, AptState, removeTree, type SuiteSource } from "./apt_state.ts";
import { type KernelCache, type KernelRecord, sha256Of } from "./kernel_cache.ts";
import { kernelTitle, type Metapackage, metapackageOf, type NamedKernel } from "./metapackage.ts";
import { type MirrorChoice, suiteSources } from "./mirror.ts";
import { Turn } from "./turn.ts";
import { unpackKernel } from "./unpack.ts";

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
  /** Of the package; 0 if the newest version was there already. */
  readonly bytesFetched: number;
  /** Why security updates could not be looked at, or `null`. */
  readonly problem: string | null;
}

/** Where each part of the work begins on the scale from 0 to 1, by how long it takes. */
const AT = { archive: 0, security: 0.15, fetching: 0.2, unpacking: 0.85, checking: 0.97 } as const;

/**
 * Fetches the newest version, or finds that it is in the cache already.
 *
 * @throws {HostError} If it cannot be had; the cache is then as it was.
 */
export async function fetchKernel(kernel: NamedKernel, fetch: KernelFetch): Promise<FetchedKernel> {
  const task = `Cannot prepare ${kernelTitle(kernel)}`;
  const wanted = metapackageOf(kernel);
  if (wanted === null) {
    throw new HostError(`${task}: Debian has none. Remedy: see 'deno task lab hosts'`);
  }
  const started = Date.now();
  const sources = await suiteSources(wanted.suite, fetch, task);
  const directory = `${fetch.cacheRoot}/apt/${wanted.suite}-${wanted.arch}`;
  await Deno.mkdir(directory, { recursive: true });
  using _turn = await Turn.wait(
    directory,
    fetch.signal,
    () =>
      fetch.onProgress(0, `waiting for another process that prepares a kernel of ${wanted.suite}`),
  );
  const found = await fetch.cache.find();
  if (found.state === "intact" && Date.parse(found.record.resolved) >= started) {
    return { record: found.record, bytesFetched: 0, problem: null }; // somebody else just did it
  }

  const work = `${directory}/work`;
  await removeTree(work); // of a process that was killed
  try {
    const { signal, hurried, onProgress } = fetch;
    const place = { directory, arch: wanted.arch, task, signal, hurried };
    const state = await AptState.open(place, sources);
    const problem = await updateAll(state, sources, wanted, task, onProgress);
    const newest = await newestPackage(state, wanted, task);
    const resolved = new Date().toISOString();
    if (found.state === "intact" && sameVersion(found.record, newest)) {
      const record = { ...found.record, resolved, tried: null };
      await fetch.cache.write(record);
      return { record, bytesFetched: 0, problem };
    }
    await Deno.mkdir(`${work}/files`, { recursive: true });
    const deb = await download(state, newest, work, onProgress);
    onProgress(AT.unpacking, `unpacking ${newest.name}`);
    const folder = `${work}/files`;
    const unpacked = await unpackKernel({ deb, folder, arch: kernel.arch, task, signal });
    onProgress(AT.checking, `keeping ${newest.name}`);
    const digest = async (file: string): Promise<{ file: string; sha256: string }> => ({
      file,
      sha256: await sha256Of(`${folder}/${file}`),
    });
    const record: KernelRecord = {
      format: "fencelab.kernel/1",
      package: newest.name,
      version: newest.version,
      release: unpacked.release,
      resolved,
      tried: null,
      folder: `${newest.name}_${newest.version.replaceAll(/[^\w.+~-]/g, "_")}`,
      image: await digest(unpacked.image),
      modules: await Promise.all(unpacked.modules.map(digest)),
    };
    signal?.throwIfAborted();
    await fetch.cache.publish(folder, record);
    return { record, bytesFetched: newest.size, problem };
  } catch (cause) {
    if (found.state === "intact" && cause instanceof HostError) {
      await fetch.cache.write({ ...found.record, tried: new Date().toISOString() });
    }
    throw cause;
  } finally {
    await removeTree(work);
  }
}

/**
 * Fetches what is new in all sources.
 *
 * Without its archive there is no suite. Without security updates there still is a kernel.
 *
 * @returns Why security updates could not be looked at, or `null`.
 */
async function updateAll(
  state: AptState,
  sources: readonly SuiteSource[],
  { suite }: Metapackage,
  task: string,
  onProgress: OnProgress,
): Promise<string | null> {
  let problem: string | null = null;
  for (const { name } of sources) {
    const [from, to] = name === "archive" ? [AT.archive, AT.security] : [AT.security, AT.fetching];
    const label = `reading the list of ${suite}${name === "archive" ? "" : "'s security updates"}`;
    const tell = (fraction: number): void => onProgress(from + (to - from) * fraction, label);
    tell(0);
    if (name === "archive") {
      await state.update(name, task, tell);
      continue;
    }
    try {
      await state.update(name, `Cannot read the list of ${suite}'s security updates`, tell);
    } catch (cause) {
      if (!(cause instanceof HostError)) throw cause;
      problem = cause.message;
      onProgress(to, problem);
    }
  }
  return problem;
}

/** The kernel that a metapackage stands for now. */
async function newestPackage(
  state: AptState,
  { name, suite, arch }: Metapackage,
  task: string,
): Promise<AptPackage> {
  const metapackage = await state.find(name);
  // "linux-image-6.12.48+deb13-cloud-arm64 (= 6.12.48-1), …"
  const [, image, version] =
    /(?:^|, )(linux-image-\S+) \(= ([^)]+)\)/.exec(metapackage?.depends ?? "") ?? [];
  const newest = image === undefined ? null : await state.find(image, version);
  if (newest !== null) return newest;
  throw new HostError(
    `${task}: ${suite} has no ${image ?? (metapackage ? `kernel behind ${name}` : name)} for ` +
      `${arch} there. Remedy: give another mirror of Debian with --mirror`,
  );
}

function sameVersion(record: KernelRecord, { name, version }: AptPackage): boolean {
  return record.package === name && record.version === version;
}

async function download(
  state: AptState,
  newest: AptPackage,
  folder: string,
  onProgress: OnProgress,
): Promise<string> {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const tell = (fraction: number): void =>
    onProgress(
      AT.fetching + (AT.unpacking - AT.fetching) * fraction,
      `fetching ${newest.name} ${megabytes(newest.size * fraction)} of ${
        megabytes(newest.size)
      } MB`,
    );
  tell(0);
  return await state.download(newest, folder, tell);
}
