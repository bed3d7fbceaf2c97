/** A place for guests of one test: saved guests of its own, kernels that were fetched before. */

import { existsSync } from "node:fs";

import { cacheDirectory } from "../../lab/places/cache_directory.ts";
import { guestHost } from "../../lab/hosts/guest/guest_host.ts";
import { parseGuestName } from "../../lab/hosts/guest/guest_name.ts";
import { cacheOf } from "../../lab/hosts/guest/kernels/kept_kernels.ts";
import { suiteSources } from "../../lab/hosts/guest/kernels/mirror.ts";
import { MACHINES } from "../../lab/hosts/guest/machine.ts";
import type { LabHost } from "../../lab/hosts/host.ts";
import { hasProgram } from "../fixtures/needs.ts";
import { familyOf, type Process } from "../fixtures/processes.ts";

/** Guests that tests start. */
export const GUESTS = [
  ...["qemu-arm64@6.12", "qemu-arm64@6.1", "qemu-arm64@6.12-rt"] as const,
  ...["qemu-ppc64le@6.12", "qemu-ppc64le@6.1", "qemu-ppc64le@6.12-64k"] as const,
  ...["qemu-x86_64@6.12", "qemu-x86_64@6.1"] as const,
] as const;

/** One of {@linkcode GUESTS}. */
export type GuestName = typeof GUESTS[number];

/** Holds the reasons why guests have no kernel, as JSON: `{"qemu-arm64@6.1": "…"}`. */
export const KERNELS_VARIABLE = "FENCELAB_TEST_KERNELS";

/** What a test of a guest needs; see {@linkcode needs}. */
export function guestNeed(host: GuestName): Readonly<Record<string, boolean>> {
  const { arch } = parseGuestName(host);
  const prepared = Deno.env.get(KERNELS_VARIABLE);
  // The runner knows, also where the lab takes another kernel than its name says
  const reason = prepared === undefined
    ? (hasKernel(host) ? undefined : `see 'lab hosts prepare ${host}'`)
    : JSON.parse(prepared)[host];
  return {
    [MACHINES[arch].program]: hasProgram(MACHINES[arch].program),
    "setpriv": hasProgram("setpriv"),
    [`a kernel for ${host}: ${reason}`]: reason === undefined,
  };
}

function hasKernel(host: GuestName): boolean {
  const { arch, kernel } = parseGuestName(host);
  if (!("series" in kernel)) return false;
  const { directory } = cacheOf(`${cacheDirectory()}/kernels`, { arch, ...kernel });
  return existsSync(`${directory}/kernel.json`);
}

/** Whether the mirror of this machine's sources has a suite of Debian; apt asks it, as the lab does. */
export async function mirrorAnswers(): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "fencelab-mirror-" });
  try {
    const [archive] = await suiteSources("bookworm", {}, "Cannot look for a mirror");
    const { success } = await new Deno.Command("/usr/lib/apt/apt-helper", {
      args: [
        ...["-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10"],
        ...["-o", "APT::Sandbox::User=root"],
        ...["download-file", `${archive!.source.uri}/dists/bookworm/InRelease`, `${folder}/file`],
      ],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false; // no apt, or no source that is Debian's
  } finally {
    await Deno.remove(folder, { recursive: true });
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
