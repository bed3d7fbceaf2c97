/** The C sources of a build, the flags they are compiled with, and the hash that names it. */

import type { Architecture } from "./toolchain.ts";
import type { UserSource } from "./user_source.ts";
import { version } from "./version.ts";

/** Where the sources lie. */
export const FFI_DIRECTORY = new URL(".", import.meta.url);

/**
 * Flags for library and agent, which share their objects.
 *
 * A loop of four instructions that lies across two cache lines of code takes two cycles per turn
 * instead of one: without alignment, what is measured would depend on where the linker puts it.
 */
export const FLAGS = [
  "-std=c11",
  "-D_GNU_SOURCE",
  "-O2",
  "-falign-loops=64",
  "-g",
  "-pthread",
  "-fPIC",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-fvisibility=hidden",
  "-Icore",
] as const;

/**
 * The loader is part of saved guests, so its bytes must depend on its source alone: no debugging
 * information, no build id.
 */
export const LOADER_FLAGS = [
  "-std=c11",
  "-D_GNU_SOURCE",
  "-Os",
  "-s",
  "-static",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Wl,--build-id=none",
  "-Icore",
] as const;

/** A C file of the core or of the agent. */
export interface CoreFile {
  /** Relative to {@linkcode FFI_DIRECTORY}. */
  readonly path: string;
  /** Whether it is told what the build is called and which techniques of the user's own are in it. */
  readonly named: boolean;
  /** Hash of its text, of all headers and of the flags: who has the same may share an object. */
  readonly hash: string;
}

/** What a build is made of. */
export interface Sources {
  readonly core: readonly CoreFile[];
  readonly user: readonly UserSource[];
  /** Hash of the core's sources alone. */
  readonly coreId: string;
  /** Hash of all sources. */
  readonly id: string;
}

async function hash(parts: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(parts.join("\0")));
  return new Uint8Array(digest).toHex().slice(0, 12);
}

async function filesBelow(directory: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(directory, FFI_DIRECTORY))) {
    if (isDirectory) files.push(...await filesBelow(`${directory}${name}/`));
    else if (/\.[ch]$/.test(name)) files.push(directory + name);
  }
  return files;
}

/** C sources of the core, and the hashes that name a build of them. */
export async function readSources(user: readonly UserSource[]): Promise<Sources> {
  const files = ["agent.c", "loader.c", ...await filesBelow("core/")].sort();
  const texts = new Map<string, string>();
  for (const file of files) {
    texts.set(file, await Deno.readTextFile(new URL(file, FFI_DIRECTORY)));
  }
  const coreId = await hash([
    ...[version, FLAGS.join(" "), LOADER_FLAGS.join(" ")],
    ...[...texts].flat(),
  ]);
  const common = [FLAGS.join(" "), ...[...texts].filter(([file]) => file.endsWith(".h")).flat()];
  const core = files.filter((file) => /^(core\/.+|agent)\.c$/.test(file)).map(async (path) => {
    const text = texts.get(path)!;
    const named = /\bFENCELAB_(?:VERSION|BUILD|USER_FENCES)\b/.test(text);
    return { path, named, hash: await hash([...common, path, text]) };
  });
  const users = user.flatMap(({ name, text, includes }) => [
    ...[name, text, `${includes.length}`],
    ...includes.map((included) => included.text),
  ]);
  return {
    core: await Promise.all(core),
    user,
    coreId,
    id: user.length === 0 ? coreId : await hash([coreId, ...users]),
  };
}

/** What this process has found its sources to be, by the techniques of the user's own. */
const present = new Map<string, Promise<Sources>>();

/**
 * As {@linkcode readSources}, but the first answer holds for the whole process: all hosts of a
 * campaign run the same build, although somebody may edit sources meanwhile.
 */
export function presentSources(user: readonly UserSource[]): Promise<Sources> {
  const key = JSON.stringify(user);
  let sources = present.get(key);
  if (sources === undefined) present.set(key, sources = readSources(user));
  return sources;
}

/** The name of a build's directory. */
export function nameOf(arch: Architecture, { coreId, id }: Sources): string {
  return id === coreId ? `${arch}-${id}` : `${arch}-${coreId}-user-${id}`;
}
