/**
 * Kernels that were fetched: `<cache>/<arch>-<series>-<flavour>/`.
 *
 * `kernel.json` says which folder beside it holds the newest version. Folders are renamed into
 * place and the one before stays, so that a guest that is about to start still finds its kernel.
 */

import { sha256 } from "../../../places/digest.ts";
import { z } from "zod";

import { HostError } from "../../../format/host_error.ts";

const fileName = z.string().regex(/^[^/]+$/).refine((name) => name !== "." && name !== "..");
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const file = z.strictObject({ file: fileName, sha256: digest });

const keptSchema = z.strictObject({
  package: z.string().min(1),
  version: z.string().min(1),
  release: z.string().min(1).describe("as uname -r says"),
  folder: fileName,
  image: file,
  modules: z.array(file).describe("in the order in which they are inserted"),
});

const recordSchema = z.strictObject({
  format: z.literal("fencelab.kernel/1"),
  ...keptSchema.shape,
  resolved: z.iso.datetime().nullable()
    .describe("when the mirror last told the newest version; null: not since it is here"),
  tried: z.iso.datetime().nullable().default(null).describe("when that last failed"),
  problem: z.string().nullable().default(null).describe("why it may not be the newest"),
  before: keptSchema.nullable().default(null).describe("the version before, which stays"),
});

/** A kernel whose files are kept. */
export type KeptKernel = z.infer<typeof keptSchema>;

/** What kernel.json says. */
export type KernelRecord = z.infer<typeof recordSchema>;

/** What kernel.json says, unless it is not there or damaged. */
type ReadRecord =
  | { readonly state: "read"; readonly record: KernelRecord }
  | { readonly state: "absent" }
  | { readonly state: "damaged"; readonly reason: string };

/** What is found in the cache. */
export type CachedKernel =
  | { readonly state: "intact"; readonly record: KernelRecord }
  | Exclude<ReadRecord, { readonly state: "read" }>;

/** A kernel's place in the cache. */
export class KernelCache {
  /** Absolute path. */
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Absolute path of a file of a kernel. */
  path(record: KeptKernel, { file }: { readonly file: string }): string {
    return `${this.directory}/${record.folder}/${file}`;
  }

  /** Reads kernel.json; the files that it names are not looked at. */
  async read(): Promise<ReadRecord> {
    let text: string;
    try {
      text = await Deno.readTextFile(`${this.directory}/kernel.json`);
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) return { state: "absent" };
      return damaged("kernel.json cannot be read", cause);
    }
    try {
      return { state: "read", record: recordSchema.parse(JSON.parse(text)) };
    } catch (cause) {
      return damaged("kernel.json cannot be understood", cause);
    }
  }

  /** Looks the newest kernel up and checks every byte of it. */
  async find(): Promise<CachedKernel> {
    const read = await this.read();
    if (read.state !== "read") return read;
    const reason = await this.#damage(read.record);
    return reason === null ? { state: "intact", record: read.record } : damaged(reason);
  }

  /** All kernels here of which every byte is as it was, the newest first. */
  async intact(wanted: (kernel: KeptKernel) => boolean = () => true): Promise<KeptKernel[]> {
    const read = await this.read();
    if (read.state !== "read") return [];
    const { format: _, resolved: _r, tried: _t, problem: _p, before, ...newest } = read.record;
    const kernels: KeptKernel[] = [];
    for (const one of before === null ? [newest] : [newest, before]) {
      if (wanted(one) && await this.#damage(one) === null) kernels.push(one);
    }
    return kernels;
  }

  /** Why a kernel cannot be used, or `null`. */
  async #damage(kernel: KeptKernel): Promise<string | null> {
    for (const one of [kernel.image, ...kernel.modules]) {
      try {
        const found = await sha256Of(this.path(kernel, one));
        if (found !== one.sha256) return `the sha256 of '${one.file}' differs`;
      } catch (cause) {
        if (cause instanceof Deno.errors.NotCapable) throw cause;
        return `'${one.file}' cannot be read`;
      }
    }
    return null;
  }

  /**
   * Puts a folder of files in its place and makes it the newest version.
   *
   * To be called by one process at a time.
   *
   * @param from Where the folder lies now, on the same file system.
   * @returns What kernel.json says now.
   */
  async publish(from: string, newest: Omit<KernelRecord, "before">): Promise<KernelRecord> {
    await Deno.mkdir(this.directory, { recursive: true });
    const [before = null] = await this.intact(({ folder }) => folder !== newest.folder);
    const record = { ...newest, before };
    const place = `${this.directory}/${record.folder}`;
    await Deno.remove(place, { recursive: true }).catch(ignoreMissing); // damaged, or never finished
    await Deno.rename(from, place);
    await this.write(record);
    for await (const { name } of Deno.readDir(this.directory)) {
      if (["kernel.json", record.folder, before?.folder].includes(name)) continue;
      await Deno.remove(`${this.directory}/${name}`, { recursive: true });
    }
    return record;
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
  return await sha256(await Deno.readFile(path));
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

function damaged(
  reason: string,
  cause?: unknown,
): { readonly state: "damaged"; readonly reason: string } {
  if (cause instanceof Deno.errors.NotCapable) throw cause;
  return { state: "damaged", reason };
}

function ignoreMissing(cause: unknown): void {
  if (!(cause instanceof Deno.errors.NotFound)) throw cause;
}
