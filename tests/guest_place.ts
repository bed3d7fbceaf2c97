/** A place for guests of one test: saved guests of its own, kernels that were fetched before. */

import { cacheDirectory } from "../lab/cache_directory.ts";
import { guestHost } from "../lab/hosts/guest/guest_host.ts";
import { parseGuestName } from "../lab/hosts/guest/guest_name.ts";
import type { LabHost } from "../lab/hosts/host.ts";
import { familyOf, type Process } from "./processes.ts";

/** Whether a kernel was fetched before, as `aarch64-6.12-rt`. */
export function hasKernel(folder: string): boolean {
  try {
    return Deno.statSync(`${cacheDirectory()}/kernels/${folder}/kernel.json`).isFile;
  } catch {
    return false;
  }
}

/** A cache directory with the kernels of the user's. */
export class GuestPlace implements Disposable {
  /** For XDG_CACHE_HOME. */
  readonly home: string = Deno.makeTempDirSync({ prefix: "fencelab-guest-" });
  readonly cache: string = `${this.home}/fencelab`;
  /** Saved guests. */
  readonly guests: string = `${this.cache}/guests`;
  readonly store: string = `${this.home}/runs`;
  #disk = false;

  /** @param kernel A kernel's folder, which is copied: the lab may read below its own cache only. */
  constructor(kernel: string) {
    const kernels = `${this.cache}/kernels`;
    for (const folder of [kernels, this.guests, this.store]) {
      Deno.mkdirSync(folder, { recursive: true });
    }
    const args = ["-r", `${cacheDirectory()}/kernels/${kernel}`, kernels];
    const { success } = new Deno.Command("cp", { args }).outputSync();
    if (!success) throw new Error(`cp ${args.join(" ")} failed`);
  }

  /** Puts a small disk where guests are saved. Root alone may. */
  limit(size: string): void {
    const args = ["-t", "tmpfs", "-o", `size=${size}`, "fencelab-test", this.guests];
    const { success, stderr } = new Deno.Command("mount", { args }).outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    this.#disk = true;
  }

  /** A guest of this process. */
  host(name: string, silenceSeconds?: number): LabHost {
    return guestHost(parseGuestName(name), {
      cache: this.cache,
      slot: "test",
      ...(silenceSeconds === undefined ? {} : { silenceSeconds }),
    });
  }

  /** Names of files of guests. */
  files(): string[] {
    return [...Deno.readDirSync(this.guests)].map(({ name }) => name).sort();
  }

  [Symbol.dispose](): void {
    if (this.#disk) new Deno.Command("umount", { args: [this.guests] }).outputSync();
    Deno.removeSync(this.home, { recursive: true });
  }
}

/** QEMUs that this process has started. */
export function guestProcesses(): Process[] {
  return familyOf(Deno.pid).filter(({ name }) => name.startsWith("qemu-system"));
}
