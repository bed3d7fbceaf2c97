/**
 * Kernels that were fetched: `<cache>/<arch>-<series>-<flavour>/`.
 *
 * `kernel.json` says which folder beside it holds the newest version. Folders are renamed into
 * place and the one before stays, so that a guest that is about to start still finds its kernel.
 */

import { z } from "zod";

import { HostError } from "../../host_error.ts";

const fileName = z.string().regex(/^[^/]+$/).refine((name) => name !== "." && name !== "..");
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const file = z.strictObject({ file: fileName, sha256 });

const recordSchema = z.strictObject({
  format: z.literal("fencelab.kernel/1"),
  package: z.string().min(1),
  version: z.string().min(1),
  release: z.string().min(1).describe("as uname -r says"),
  resolved: z.iso.datetime().describe("when the mirror was last asked for the newest version"),
  tried: z.iso.datetime().nullable().default(null).describe("when that last failed"),
  folder: fileName,
  image: file,
  modules: z.array(file).describe("in the order in which they are inserted"),
});

/** What kernel.json says. */
export type KernelRecord = z.infer<typeof recordSchema>;

/** What is found in the cache. */
export type CachedKernel =
  | { readonly state: "intact"; readonly record: KernelRecord }
  | { readonly state: "absent" }
  | { readonly state: "damaged"; readonly reason: string };

/** A kernel's place in the cache. */
export class KernelCache {
  /** Absolute path. */
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Absolute path of a file of a kernel. */
  path(record: KernelRecord, { file }: { readonly file: string }): string {
    return `${this.directory}/${record.folder}/${file}`;
  }

  /** Looks the kernel up and checks every byte of it. */
  async find(): Promise<CachedKernel> {
    let text: string;
    try {
      text = await Deno.readTextFile(`${this.directory}/kernel.json`);
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) return { state: "absent" };
      return damaged("kernel.json cannot be read", cause);
    }
    let record: KernelRecord;
    try {
      record = recordSchema.parse(JSON.parse(text));
    } catch (cause) {
      return damaged("kernel.json cannot be understood", cause);
    }
    for (const one of [record.image, ...record.modules]) {
      try {
        const found = await sha256Of(this.path(record, one));
        if (found !== one.sha256) return damaged(`the sha256 of '${one.file}' differs`);
      } catch (cause) {
        return damaged(`'${one.file}' cannot be read`, cause);
      }
    }
    return { state: "intact", record };
  }

  /**
   * Puts a folder of files in its place and makes it the newest version.
   *
   * To be called by one process at a time.
   *
   * @param from Where the folder lies now, on the same file system.
   */
  async publish(from: string, record: KernelRecord): Promise<void> {
    await Deno.mkdir(this.directory, { recursive: true });
    const before = await this.find();
    const place = `${this.directory}/${record.folder}`;
    await Deno.remove(place, { recursive: true }).catch(ignoreMissing); // damaged, or never finished
    await Deno.rename(from, place);
    await this.write(record);
    const kept = [record.folder, ...(before.state === "intact" ? [before.record.folder] : [])];
    for await (const { name } of Deno.readDir(this.directory)) {
      if (name === "kernel.json" || kept.includes(name)) continue;
      await Deno.remove(`${this.directory}/${name}`, { recursive: true });
    }
  }

  /** Writes kernel.json as a whole or not at all. To be called by one process at a time. */
  async write(record: KernelRecord): Promise<void> {
    const temporary = `${this.directory}/.kernel.json`;
    await Deno.writeTextFile(temporary, `${JSON.stringify(record, null, 2)}\n`);
    await Deno.rename(temporary, `${this.directory}/kernel.json`);
  }
}

/** The SHA-256 of a file, in hexadecimal digits. */
export async function sha256Of(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}

/**
 * Turns an error of the file system into one that names the cache.
 *
 * @param task What failed, as in "Cannot prepare kernel 6.12 for aarch64".
 */
export function cacheProblem(task: string, cache: string, cause: unknown): unknown {
  if (cause instanceof HostError || !(cause instanceof Error) || !("code" in cause)) return cause;
  if (cause instanceof Deno.errors.NotCapable) return cause;
  const full = ["ENOSPC", "EDQUOT"].includes(String(cause.code));
  return new HostError(
    `${task}: the cache '${cache}' cannot be used (${cause.message}). Remedy: ` +
      `${full ? "free space there" : "make it writable"}, or set XDG_CACHE_HOME to another folder`,
    { cause },
  );
}

function damaged(reason: string, cause?: unknown): CachedKernel {
  if (cause instanceof Deno.errors.NotCapable) throw cause;
  return { state: "damaged", reason };
}

function ignoreMissing(cause: unknown): void {
  if (!(cause instanceof Deno.errors.NotFound)) throw cause;
}
