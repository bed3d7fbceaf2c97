/**
 * Builds the C core: a shared library and a static agent per architecture.
 *
 * A build lies in `build/<arch>-<hash of sources and flags>/`, one with techniques
 * of the user's own in `build/<arch>-<hash>-user-<hash of those, too>/`. It is made
 * under a temporary name and renamed, so that it is there as a whole or not at
 * all, and a process that has an older library mapped keeps it.
 */

import {
  type CoreFile,
  FFI_DIRECTORY,
  FLAGS,
  LOADER_FLAGS,
  nameOf,
  presentSources,
  readSources,
  type Sources,
} from "./build_sources.ts";
import { asWritten, type UserSource, userSourceFlags, userSourcesDefine } from "./user_source.ts";
import { version } from "./version.ts";
import { type Architecture, findCompiler, localArchitecture, toolchainFor } from "./toolchain.ts";

const OUTPUT_DIRECTORY = new URL("../build/", import.meta.url);

export interface Build {
  readonly arch: Architecture;
  /** First 12 hex digits of the hash over sources, flags and version; goes into every run. */
  readonly id: string;
  /** Absolute paths. */
  readonly library: string;
  readonly agent: string;
  /** Process 1 of an emulated guest. */
  readonly loader: string;
  /** Whether it had to be compiled now. */
  readonly compiled: boolean;
}

/** Compiling failed or no compiler is there. */
export class BuildError extends Error {
  override readonly name = "BuildError";
  /** Whether it is only the compiler that is missing. */
  readonly missingCompiler: boolean;
  constructor(message: string, missingCompiler: boolean, options?: ErrorOptions) {
    super(message, options);
    this.missingCompiler = missingCompiler;
  }
}

/**
 * How long builds that nobody asks for are kept, in ms: a campaign that began before its sources were
 * changed goes on with the build that it has.
 */
const UNUSED_MS = 24 * 3600_000;

function paths(
  arch: Architecture,
  sources: Sources,
): { directory: URL } & Pick<Build, "id" | "library" | "agent" | "loader"> {
  const directory = new URL(`${nameOf(arch, sources)}/`, OUTPUT_DIRECTORY);
  return {
    id: sources.id,
    directory,
    library: new URL("libfencelab.so", directory).pathname,
    agent: new URL("fencelab-agent", directory).pathname,
    loader: new URL("fencelab-loader", directory).pathname,
  };
}

async function exists(path: string | URL): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * The build of the sources that this process found first, if it has been made; `null` otherwise.
 * Compiles nothing.
 *
 * @param user Techniques of the user's own.
 */
export async function findBuild(
  arch: Architecture = localArchitecture(),
  user: readonly UserSource[] = [],
): Promise<Build | null> {
  const { directory, ...files } = paths(arch, await presentSources(user));
  return await exists(directory) ? { arch, ...files, compiled: false } : null;
}

async function compile(
  compiler: string,
  args: readonly string[],
  what = "the C core",
): Promise<void> {
  const { success, stderr } = await new Deno.Command(compiler, {
    args: [...args],
    cwd: FFI_DIRECTORY,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new BuildError(
      `Cannot compile ${what} with '${compiler}':\n${
        asWritten(new TextDecoder().decode(stderr)).trim()
      }`,
      false,
    );
  }
}

/** Builds and objects that nobody has asked for lately; what is still mapped by a process stays alive without its name. */
async function removeOlder(arch: Architecture, sources: Sources): Promise<void> {
  for (const place of [OUTPUT_DIRECTORY, OBJECTS]) {
    for await (const { name } of Deno.readDir(place)) {
      if (!name.startsWith(`${arch}-`) || name.includes(".tmp")) continue;
      if (name === nameOf(arch, sources)) continue;
      const path = new URL(name, place);
      if (await age(path) < UNUSED_MS) continue;
      await Deno.remove(path, { recursive: true });
    }
  }
}

/** Notes that a build or an object is in use. */
async function touch(directory: URL): Promise<void> {
  const now = new Date();
  // Who may only read it may use it, too
  await Deno.utime(directory, now, now).catch(() => {});
}

/** Milliseconds since a directory was made or asked for; 0 if somebody else has removed it meanwhile. */
async function age(directory: URL): Promise<number> {
  try {
    return Date.now() - ((await Deno.stat(directory)).mtime?.getTime() ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/**
 * Makes sure that the present sources are built for an architecture.
 *
 * @param arch The machine's own by default.
 * @param log Told what is being done when something has to be compiled.
 * @param user Techniques of the user's own, compiled into it.
 * @throws {BuildError} If no compiler is found (with the packages to install) or compiling fails.
 */
export async function ensureBuild(
  arch: Architecture = localArchitecture(),
  log: (line: string) => void = () => {},
  user: readonly UserSource[] = [],
): Promise<Build> {
  const sources = await readSources(user);
  const { directory, ...made } = paths(arch, sources);
  if (await exists(directory)) {
    await touch(directory);
    return { arch, ...made, compiled: false };
  }

  const toolchain = toolchainFor(arch);
  const compiler = findCompiler(toolchain, Deno.env.get("PATH") ?? "");
  if (!compiler) {
    throw new BuildError(
      `Cannot build for ${arch}: none of ${toolchain.compilers.join(", ")} is on PATH. ` +
        `Remedy: apt-get install ${toolchain.packages}`,
      true,
    );
  }
  log(`building the C core for ${arch} with ${compiler}`);
  const temporary = new URL(`${nameOf(arch, sources)}.tmp${Deno.pid}/`, OUTPUT_DIRECTORY);
  try {
    await Deno.mkdir(temporary, { recursive: true });
    await compileAll(arch, compiler, sources, temporary);
    await publish(temporary, directory);
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    if (error instanceof BuildError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new BuildError(
      `Cannot write the build to '${OUTPUT_DIRECTORY.pathname}': ${why}. ` +
        "Remedy: build as a user who may write there, or use a clone of your own",
      false,
      { cause: error },
    );
  }
  await removeOlder(arch, sources);
  return { arch, ...made, compiled: true };
}

/** Objects that any build may take, by architecture and the hash of what they are made of. */
const OBJECTS = new URL("objects/", OUTPUT_DIRECTORY);

/**
 * Compiles the files that have no object yet, as many at once as there are CPUs.
 *
 * @param named What those files are told that depend on the build's name; their objects are its own.
 * @returns Paths of all objects, by the path of their source.
 */
async function compileCore(
  compiler: string,
  { arch, core, to, named }: {
    readonly arch: Architecture;
    readonly core: readonly CoreFile[];
    readonly to: URL;
    readonly named: readonly string[];
  },
): Promise<Map<string, string>> {
  await Deno.mkdir(OBJECTS, { recursive: true });
  const objects = new Map<string, string>();
  const waiting = [...core];
  const compileSome = async (): Promise<void> => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      const name = `${arch}-${file.path.replaceAll(/[/.]/g, "_")}-${file.hash}.o`;
      const object = new URL(name, file.named ? to : OBJECTS);
      objects.set(file.path, object.pathname);
      if (!file.named && await exists(object)) {
        await touch(object);
        continue;
      }
      const fresh = new URL(`${name}.tmp${Deno.pid}`, to);
      const defines = file.named ? named : [];
      await compile(compiler, [...FLAGS, ...defines, "-c", "-o", fresh.pathname, file.path]);
      await Deno.rename(fresh, object);
    }
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, compileSome));
  return objects;
}

/** Objects of the user's techniques; they go into library and agent alike. */
async function compileUser(
  compiler: string,
  user: readonly UserSource[],
  to: URL,
): Promise<string[]> {
  return await Promise.all(user.map(async ({ name, path }, at) => {
    const object = new URL(`user${at}.o`, to).pathname;
    const args = [...userSourceFlags(at), "-c", "-o", object, path];
    await compile(compiler, args, `the technique 'user:${name}'`);
    return object;
  }));
}

/** Makes library, agent and loader in a directory. */
async function compileAll(
  arch: Architecture,
  compiler: string,
  sources: Sources,
  to: URL,
): Promise<void> {
  const user = await compileUser(compiler, sources.user, to);
  const named = [
    `-DFENCELAB_VERSION="${version}"`,
    `-DFENCELAB_BUILD="${sources.id}"`,
    ...(user.length > 0 ? [userSourcesDefine(sources.user)] : []),
  ];
  const objects = await compileCore(compiler, { arch, core: sources.core, to, named });
  const door = "core/session/door.c"; // what only Deno calls
  const without = (path: string): string[] =>
    [...objects].filter(([source]) => source !== path).map(([, object]) => object);
  const path = (name: string): string => new URL(name, to).pathname;
  const library = ["-shared", "-o", path("libfencelab.so"), ...without("agent.c")];
  const agent = ["-static", "-o", path("fencelab-agent"), ...without(door)];
  const loader = ["-o", path("fencelab-loader"), "loader.c"];
  const what = user.length > 0 ? "the C core and techniques of your own" : "the C core";
  await Promise.all([
    ...[library, agent].map((args) =>
      compile(compiler, ["-pthread", ...args, ...user, "-lm"], what)
    ),
    compile(compiler, [...LOADER_FLAGS, ...loader]),
  ]);
  for (const name of [...objects.values(), ...user]) {
    if (name.startsWith(to.pathname)) await Deno.remove(name);
  }
}

/** Give the finished directory its name; somebody else may have been faster with the same content. */
async function publish(temporary: URL, directory: URL): Promise<void> {
  try {
    await Deno.rename(temporary, directory);
  } catch (error) {
    if (!await exists(directory)) throw error;
    await Deno.remove(temporary, { recursive: true });
  }
}
