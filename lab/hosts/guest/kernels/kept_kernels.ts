/** All kernels that are kept: `<cache>/<arch>-<series or version>-<flavour>/`. */

import { defined } from "../../../format/defined.ts";
import { type Architecture, ARCHITECTURES } from "../../../../ffi/toolchain.ts";
import { KERNEL_SERIES, type KernelFlavour, type KernelSeries } from "../guest_name.ts";
import { compareVersions } from "./debian_version.ts";
import { type KeptKernel, KernelCache } from "./kernel_cache.ts";
import { isVersionOf, type NamedKernel } from "./metapackage.ts";

/** A kernel and the place that keeps it. */
export interface KeptAt {
  readonly cache: KernelCache;
  readonly kernel: KeptKernel;
}

/** A kernel's own place. */
export function cacheOf(root: string, kernel: NamedKernel): KernelCache {
  const { arch, series, flavour, version = series } = kernel;
  return new KernelCache(`${root}/${arch}-${version}-${flavour}`);
}

/**
 * Intact kernels that may serve for one, whatever they were fetched for; the newest first.
 *
 * @param wanted Whether a kernel is looked at: all its bytes are read.
 */
export async function keptKernels(
  root: string,
  kernel: NamedKernel,
  wanted: (kept: KeptKernel) => boolean = () => true,
): Promise<KeptAt[]> {
  const kept: KeptAt[] = [];
  for (const { cache, named } of placesIn(root)) {
    if (named.arch !== kernel.arch || named.flavour !== kernel.flavour) continue;
    const fits = (one: KeptKernel): boolean => isVersionOf(kernel, one.version) && wanted(one);
    for (const one of await cache.intact(fits)) kept.push({ cache, kernel: one });
  }
  return kept.sort((one, other) => compareVersions(other.kernel.version, one.kernel.version));
}

/** What is kept in one place, as far as can be told without reading all of it. */
export interface KeptPlace {
  readonly arch: Architecture;
  /** What stands behind `@` in the name of a host that uses it. */
  readonly kernel: string;
  /** Debian's package and version; `null` if that cannot be read. */
  readonly package: string | null;
  /** When the mirror was last asked, with or without luck; `null` if that cannot be read. */
  readonly asked: string | null;
  /** Why it may not be the newest, or what is wrong with it; `null`: nothing. */
  readonly problem: string | null;
  /** On disk, of all versions there. */
  readonly bytes: number;
}

/** All that is kept. */
export async function keptPlaces(root: string): Promise<KeptPlace[]> {
  const places: KeptPlace[] = [];
  for (const { cache, named: { arch, series, version = series, flavour } } of placesIn(root)) {
    const read = await cache.read();
    if (read.state === "absent") continue;
    const record = read.state === "read" ? read.record : null;
    places.push({
      arch,
      kernel: `${version}${flavour === "standard" ? "" : `-${flavour}`}`,
      package: record && `${record.package} ${record.version}`,
      asked: record && [record.resolved ?? "", record.tried ?? ""].sort()[1]!,
      problem: read.state === "read" ? read.record.problem : `damaged: ${read.reason}`,
      bytes: sizeOf(cache.directory),
    });
  }
  return places;
}

interface Place {
  readonly cache: KernelCache;
  readonly named: NamedKernel;
}

/** Places by their names, sorted. */
function placesIn(root: string): Place[] {
  const pattern = new RegExp(
    `^(${ARCHITECTURES.join("|")})-(\\d+\\.\\d+)(\\.\\d+)?-(standard|rt|64k)$`,
  );
  return namesIn(root).flatMap((name) => {
    const [, arch, series = "", patch, flavour] = pattern.exec(name) ?? [];
    if (!(series in KERNEL_SERIES)) return [];
    const named = {
      arch: arch as Architecture,
      series: series as KernelSeries,
      flavour: flavour as KernelFlavour,
      ...defined({ version: patch && `${series}${patch}` }),
    };
    return [{ cache: new KernelCache(`${root}/${name}`), named }];
  });
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    throw cause;
  }
}

/** Bytes of all files below a folder; what vanishes meanwhile is none. */
function sizeOf(folder: string): number {
  return namesIn(folder).reduce((sum, name) => {
    const path = `${folder}/${name}`;
    try {
      const { isDirectory, size } = Deno.lstatSync(path);
      return sum + (isDirectory ? sizeOf(path) : size);
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) return sum;
      throw cause;
    }
  }, 0);
}
