/** Kernels ahead of time: `lab hosts prepare NAME…`. */

import { HostError } from "../../format/host_error.ts";
import type { GuestSpec } from "./guest_name.ts";
import { type KernelOptions, prepareKernel } from "./kernel.ts";

/** What was done for one host. */
export interface GuestPreparation {
  /** The host's, as the user wrote it. */
  readonly name: string;
  /** Debian's package and version; `null` for a kernel by path, or if there is an error. */
  readonly package: string | null;
  readonly release: string | null;
  /** Of the package, now; 0 if the newest version was there already. */
  readonly bytesFetched: number;
  /** Of the kernel image; `null` if there is an error. */
  readonly path: string | null;
  readonly fromCache: boolean;
  /** Why it may not be the newest one, or `null`. */
  readonly problem: string | null;
  readonly error: HostError | null;
}

/** Options of all kernels, and who is told. */
export interface PrepareOptions extends Omit<KernelOptions, "refresh" | "offline" | "onProgress"> {
  readonly onProgress?: (name: string, fraction: number, label: string) => void;
}

/**
 * Fetches the newest kernels of several hosts, one after another.
 *
 * One that cannot be had does not keep the others from being prepared.
 *
 * @throws {DOMException} If it was aborted.
 */
export async function prepareGuests(
  specs: readonly GuestSpec[],
  options: PrepareOptions,
): Promise<GuestPreparation[]> {
  const done: GuestPreparation[] = [];
  for (const spec of specs) {
    done.push(await prepareGuest(spec, options));
  }
  return done;
}

async function prepareGuest(spec: GuestSpec, options: PrepareOptions): Promise<GuestPreparation> {
  const { name } = spec;
  const { onProgress = (): void => {}, ...others } = options;
  try {
    const kernel = await prepareKernel(spec, {
      ...others,
      refresh: true,
      onProgress: (fraction, label) => onProgress(name, fraction, label),
    });
    return {
      name,
      package: kernel.package,
      release: kernel.release,
      bytesFetched: kernel.bytesFetched,
      path: kernel.image,
      fromCache: kernel.package !== null && kernel.bytesFetched === 0,
      problem: kernel.problem,
      error: null,
    };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return {
      name,
      package: null,
      release: null,
      bytesFetched: 0,
      path: null,
      fromCache: false,
      problem: null,
      error,
    };
  }
}
