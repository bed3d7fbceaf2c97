/** Kernels for emulated guests: Debian's by name, fetched and kept, or the user's by path. */

import type { Architecture } from "../../../ffi/toolchain.ts";
import { HostError } from "../../format/host_error.ts";
import type { GuestSpec } from "./guest_name.ts";
import { cacheOf, keptKernels } from "./kernels/kept_kernels.ts";
import {
  cacheProblem,
  type KeptKernel,
  type KernelCache,
  sha256Of,
} from "./kernels/kernel_cache.ts";
import { fetchKernel, type OnProgress } from "./kernels/kernel_fetch.ts";
import { IMAGE_FORMS, type ImageKind, readImageKind } from "./kernels/kernel_image.ts";
import { NoKernel } from "./kernels/kernel_problem.ts";
import { kernelTitle, type NamedKernel } from "./kernels/metapackage.ts";
import type { MirrorChoice } from "./kernels/mirror.ts";

/** How long the newest version that was found counts as the newest one, in ms: a week. */
const FRESH_MS = 7 * 24 * 3600 * 1000;

/** How long a kernel is used without asking again after that failed, in ms: a day. */
const RETRY_MS = 24 * 3600 * 1000;

/** A kernel that a guest can boot. */
export interface GuestKernel {
  /** Path of the image. */
  readonly image: string;
  /** Of the image, in hexadecimal digits. */
  readonly sha256: string;
  /** As `uname -r` will say; `null` for a kernel by path. */
  readonly release: string | null;
  /** Debian's package and its version; `null` for a kernel by path. */
  readonly package: string | null;
  /** Modules to insert in this order; empty where all is built in, and for a kernel by path. */
  readonly modules: readonly { readonly name: string; readonly path: string }[];
}

/** How a kernel came to be there. */
export interface PreparedKernel extends GuestKernel {
  /** Bytes of the package that was fetched now; 0 if it was there. */
  readonly bytesFetched: number;
  /** Why it may not be the newest one, or `null`. */
  readonly problem: string | null;
}

/** Where a kernel comes from and where it is kept. */
export interface KernelOptions extends MirrorChoice {
  /** Folder of all kernels: `<cacheDirectory()>/kernels`. */
  readonly cache: string;
  readonly offline?: boolean;
  /** Ask for a newer version however recently that was done. */
  readonly refresh?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * Makes sure that a guest's kernel is there.
 *
 * A kernel by name is Debian's newest one of its series. Where the mirror lacks it, an older one is
 * taken, or one that is kept, and `problem` says so. Once fetched it is used for a week without the
 * network (a day, if there was a problem), and after that as long as no newer one can be had. One
 * version by name is never replaced by another, and used for ever. A kernel by path is taken as it
 * is.
 *
 * @throws {HostError} If there is none to be had; names the cause and a remedy.
 * @throws {DOMException} If it was aborted; nothing half done is left.
 */
export async function prepareKernel(
  spec: GuestSpec,
  options: KernelOptions,
): Promise<PreparedKernel> {
  if ("path" in spec.kernel) return await kernelByPath(spec.arch, spec.kernel.path);
  return await kernelByName({ arch: spec.arch, ...spec.kernel }, options);
}

async function kernelByName(kernel: NamedKernel, options: KernelOptions): Promise<PreparedKernel> {
  const { signal, onProgress = (): void => {} } = options;
  const title = kernelTitle(kernel);
  const cache = cacheOf(options.cache, kernel);
  const kept = await cache.find();
  if (kept.state === "intact") {
    const { resolved, tried, problem } = kept.record;
    const fresh = isWithin(FRESH_MS, resolved) || isWithin(RETRY_MS, tried);
    if (options.offline || kernel.version !== undefined || (fresh && !options.refresh)) {
      return prepared(cache, kept.record, 0, problem);
    }
  }
  const damage = kept.state === "damaged"
    ? `'${cache.directory}' is damaged: ${kept.reason}`
    : null;
  if (options.offline) {
    const [other] = await keptKernels(options.cache, kernel);
    if (other) {
      return prepared(other.cache, other.kernel, 0, keptInstead(kernel, other.kernel, damage));
    }
    throw new HostError(
      `Cannot prepare ${title} offline: ${damage ?? `it is not in '${cache.directory}'`}. ` +
        "Remedy: prepare it with a network, or name a kernel image by its path",
    );
  }
  if (damage !== null) onProgress(0, `${damage}; fetching it again`);
  try {
    const fetched = await fetchKernel(kernel, {
      ...options,
      cacheRoot: options.cache,
      cache,
      hurried: kept.state === "intact" && !options.refresh,
      signal,
      onProgress,
    });
    const { record, bytesFetched } = fetched;
    onProgress(1, `${record.package} ${record.version} is there`);
    return prepared(cache, record, bytesFetched, record.problem);
  } catch (cause) {
    signal?.throwIfAborted();
    const problem = cacheProblem(`Cannot prepare ${title}`, options.cache, cause);
    if (!(problem instanceof HostError)) throw problem;
    const [other] = kept.state === "intact"
      ? [{ cache, kernel: kept.record }]
      : await keptKernels(options.cache, kernel);
    if (other) {
      onProgress(1, `using ${other.kernel.package} as it was kept; no newer one can be had`);
      const why = problem instanceof NoKernel ? problem.tried.join("; ") : problem.message;
      return prepared(other.cache, other.kernel, 0, keptInstead(kernel, other.kernel, why));
    }
    if (!(problem instanceof NoKernel)) throw problem;
    throw problem.with(damage ?? `'${options.cache}' keeps no such kernel`);
  }
}

/** Why a kept kernel may not be the newest; `null` if it is the very one that is wanted. */
function keptInstead(
  wanted: NamedKernel,
  { package: name, version }: KeptKernel,
  why: string | null,
): string | null {
  if (wanted.version !== undefined) return null;
  return `${name} ${version} was kept from earlier${why === null ? "" : `: ${why}`}`;
}

/** Whether a time lies at most `ms` back; one in the future, of a clock that was wrong, does not. */
function isWithin(ms: number, time: string | null): boolean {
  if (time === null) return false;
  const age = Date.now() - Date.parse(time);
  return age >= 0 && age < ms;
}

function prepared(
  cache: KernelCache,
  record: KeptKernel,
  bytesFetched: number,
  problem: string | null,
): PreparedKernel {
  return {
    image: cache.path(record, record.image),
    sha256: record.image.sha256,
    release: record.release,
    package: `${record.package} ${record.version}`,
    modules: record.modules.map((one) => ({ name: one.file, path: cache.path(record, one) })),
    bytesFetched,
    problem,
  };
}

async function kernelByPath(arch: Architecture, path: string): Promise<PreparedKernel> {
  const refuse = (why: string, remedy: string, cause?: unknown): HostError =>
    new HostError(`Cannot use kernel '${path}': ${why}. Remedy: ${remedy}`, { cause });
  const form = `for ${arch}, give ${IMAGE_FORMS[arch]}`;
  let kind: ImageKind | null;
  try {
    if (!(await Deno.stat(path)).isFile) throw refuse("it is no regular file", form);
    kind = await readImageKind(path);
  } catch (cause) {
    if (cause instanceof HostError || cause instanceof Deno.errors.NotCapable) throw cause;
    if (cause instanceof Deno.errors.NotFound) {
      throw refuse("it does not exist", "check the path", cause);
    }
    throw refuse(cause instanceof Error ? cause.message : String(cause), "check the path", cause);
  }
  if (kind === null) throw refuse("it is no kernel image", form);
  if (kind.arch !== arch) throw refuse(`it is for ${kind.arch}, not for ${arch}`, form);
  if (!kind.bootable) throw refuse("QEMU does not start a kernel in this form", form);
  return {
    image: path,
    sha256: await sha256Of(path),
    release: null,
    package: null,
    modules: [],
    bytesFetched: 0,
    problem: null,
  };
}
