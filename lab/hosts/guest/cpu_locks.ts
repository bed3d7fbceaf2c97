/**
 * One guest on a CPU at a time, among all controllers that use a cache.
 *
 * Guests that share CPUs disturb each other: interrupts come late, siblings look still. A file per
 * CPU is locked as long as the guest runs; the kernel drops the lock when its holder dies, however
 * it dies. The file says whose it is.
 */

import { tryLock } from "../../places/directory_lock.ts";
import { formatCpuList } from "../../text/cpu_list.ts";
import { printable } from "../../text/printable.ts";
import { HostError } from "../../format/host_error.ts";
import { cacheProblem } from "./kernels/kernel_cache.ts";

/** Whose the CPUs shall be. */
export interface Claim {
  /** The host that wants them. */
  readonly host: string;
  /** Who runs it, for whoever comes second; see {@linkcode OpenOptions}. */
  readonly owner: string;
  readonly cpus: readonly number[];
}

/** CPUs of this machine that a guest of this process has. */
export class CpuLocks implements Disposable {
  readonly #files: Deno.FsFile[] = [];

  private constructor() {}

  /**
   * Takes CPUs for a guest, all or none.
   *
   * @param directory Holds the locks; it exists. It may lie on storage that machines share.
   * @throws {HostError} If another guest has one of them, naming its owner; if the directory cannot
   * be written.
   */
  static async take(directory: string, { host, owner, cpus }: Claim): Promise<CpuLocks> {
    const locks = new CpuLocks();
    try {
      // In one order for all, so that of two that begin at once one gets everything
      for (const cpu of [...new Set(cpus)].sort((a, b) => a - b)) {
        const path = `${directory}/cpu-${Deno.hostname()}-${cpu}.lock`;
        const file = await Deno.open(path, { read: true, write: true, create: true });
        locks.#files.push(file);
        if (!await tryLock(file)) throw await taken(host, cpus, path);
        await file.truncate(0);
        await file.write(new TextEncoder().encode(`${host} of ${owner}`));
      }
      return locks;
    } catch (error) {
      locks[Symbol.dispose]();
      throw cacheProblem(`Cannot use host '${host}'`, directory, error);
    }
  }

  [Symbol.dispose](): void {
    for (const file of this.#files.splice(0)) file.close();
  }
}

async function taken(host: string, cpus: readonly number[], path: string): Promise<HostError> {
  // Between locking and writing its owner's name is not there yet, or still that of the one before
  const holder = await Deno.readTextFile(path);
  const text = holder === "" ? "a guest that is just starting" : `'${printable(holder)}'`;
  const others = `CPUs ${formatCpuList([...new Set(cpus)].sort((a, b) => a - b))}`;
  return new HostError(
    `Cannot use host '${host}': of its ${others} some are used by ${text}, and only one guest at ` +
      "a time can use a CPU. Remedy: wait until that run has ended, or name other CPUs by host-cpus=",
  );
}
