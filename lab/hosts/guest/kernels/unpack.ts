/** Takes out of a kernel's package what a guest needs. */

import type { Architecture } from "../../../../ffi/toolchain.ts";
import { readImageKind } from "./kernel_image.ts";
import { KernelProblem } from "./kernel_problem.ts";
import { moduleNeeds } from "./modules.ts";
import { firstWords, requireProgram, runPipe } from "./run_program.ts";

/** A package and where its contents go. */
export interface Unpacking {
  /** Path of the .deb. */
  readonly deb: string;
  /** An empty folder. */
  readonly folder: string;
  readonly arch: Architecture;
  /** What is being done, for errors. */
  readonly task: string;
  readonly signal: AbortSignal | undefined;
}

/** Files in the folder. */
export interface Unpacked {
  readonly image: string;
  /** As `uname -r` will say. */
  readonly release: string;
  /** In the order in which they are inserted. */
  readonly modules: readonly string[];
}

/**
 * Unpacks the image and the modules that are not built into it; nothing else reaches the disk.
 *
 * Modules stay compressed: `finit_module()` takes them so, where the package has them so.
 *
 * @throws {KernelProblem} If the package is damaged, holds no kernel, or a kernel that no guest can use.
 */
export async function unpackKernel(unpacking: Unpacking): Promise<Unpacked> {
  await extract(unpacking, ["./boot/vmlinu*", "./boot/config-*"]);
  const image = await only(unpacking, /^vmlinu[xz]-(.+)$/);
  const config = await only(unpacking, /^config-(.+)$/);
  const needs = moduleNeeds(await Deno.readTextFile(`${unpacking.folder}/${config}`));
  await Deno.remove(`${unpacking.folder}/${config}`);
  await check(unpacking, image, needs.lacking);

  const modules: string[] = [];
  if (needs.modules.length > 0) {
    await extract(unpacking, needs.modules.map((name) => `*/kernel/*/${name}.ko*`));
    for (const name of needs.modules) {
      modules.push(await only(unpacking, new RegExp(`^${name}\\.ko(\\.\\w+)?$`)));
    }
  }
  return { image, release: image.slice("vmlinuz-".length), modules };
}

async function check(
  unpacking: Unpacking,
  image: string,
  lacking: readonly string[],
): Promise<void> {
  const { arch, folder, task } = unpacking;
  const kind = await readImageKind(`${folder}/${image}`);
  if (kind?.arch !== arch || !kind.bootable) {
    throw new KernelProblem(
      task,
      `'${image}' of its package is no kernel for ${arch} that QEMU can start ` +
        `(${kind === null ? "not recognized" : `an image for ${kind.arch}`})`,
      "name a kernel image by its path",
      "offer",
    );
  }
  if (lacking.length > 0) {
    throw new KernelProblem(
      task,
      `'${image}' was built without ${
        lacking.join(" and ")
      }, through which a guest talks to the lab`,
      "name a kernel image that has them",
      "offer",
    );
  }
}

/** Extracts regular files by pattern, without their folders. */
async function extract(unpacking: Unpacking, patterns: readonly string[]): Promise<void> {
  const { deb, folder, task, signal } = unpacking;
  const dpkgDeb = requireProgram("dpkg-deb", "dpkg", task);
  const tar = requireProgram("tar", "tar", task);
  const output = await runPipe([dpkgDeb, "--fsys-tarfile", deb], [
    tar,
    "--extract",
    "--file=-",
    `--directory=${folder}`,
    "--no-same-owner",
    "--no-same-permissions",
    "--transform=s,.*/,,",
    "--wildcards",
    ...patterns,
  ], signal);
  if (output.success) return;
  const full = /No space left on device|Wrote only/.test(output.stderr);
  throw new KernelProblem(
    task,
    `unpacking it failed (${firstWords(output)})`,
    full ? "free space, or set XDG_CACHE_HOME to a larger file system" : "try again",
    full ? "disk" : "offer",
  );
}

/** The one regular file of the folder whose name matches. */
async function only({ folder, deb, task }: Unpacking, pattern: RegExp): Promise<string> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && pattern.test(name)) names.push(name);
  }
  if (names.length === 1) return names[0]!;
  throw new KernelProblem(
    task,
    `package '${deb.split("/").at(-1)}' has ${names.length} files like '${pattern.source}', ` +
      "expected one",
    "name a kernel image by its path",
    "offer",
  );
}
