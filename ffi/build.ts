/**
 * Builds the C core: a shared library and a static agent per architecture.
 *
 * A build lies in `build/<arch>-<hash of sources and flags>/`, one with techniques
 * of the user's own in `build/<arch>-<hash>-user-<hash of those, too>/`. It is made
 * under a temporary name and renamed, so that it is there as a whole or not at
 * all, and a process that has an older library mapped keeps it.
 */

import { version } from "./version.ts";
import { asWritten, type UserSource, userSourceFlags, userSourcesDefine } from "./user_source.ts";
import { type Architecture, findCompiler, localArchitecture, toolchainFor } from "./toolchain.ts";

const FFI_DIRECTORY = new URL(".", import.meta.url);
const OUTPUT_DIRECTORY = new URL("../build/", import.meta.url);

const FLAGS = [
  "-std=c11",
  "-D_GNU_SOURCE",
  "-O2",
  "-g",
  "-pthread",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-fvisibility=hidden",
] as const;

/**
 * The loader is part of saved guests, so its bytes must depend on its source alone: no debugging
 * information, no build id.
 */
const LOADER_FLAGS = [
  "-std=c11",
  "-D_GNU_SOURCE",
  "-Os",
  "-s",
  "-static",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Wl,--build-id=none",
] as const;

/** A finished build. */
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

interface Sources {
  readonly core: readonly string[];
  readonly user: readonly UserSource[];
  /** Hash of the core's sources alone. */
  readonly coreId: string;
  /** Hash of all sources. */
  readonly id: string;
}

/** How long builds with a user's techniques are kept, in ms: they come by the dozen. */
const USER_BUILD_MS = 24 * 3600_000;

async function hash(parts: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(parts.join("\0")));
  return new Uint8Array(digest).toHex().slice(0, 12);
}

/** C sources of the core, and the hashes that name a build of them. */
async function readSources(user: readonly UserSource[]): Promise<Sources> {
  const files: string[] = ["agent.c", "loader.c"];
  for (const directory of ["core/", "core/arch/"]) {
    for await (const entry of Deno.readDir(new URL(directory, FFI_DIRECTORY))) {
      if (entry.isFile && /\.[ch]$/.test(entry.name)) files.push(directory + entry.name);
    }
  }
  files.sort();
  const parts: string[] = [version, FLAGS.join(" "), LOADER_FLAGS.join(" ")];
  for (const file of files) {
    parts.push(file, await Deno.readTextFile(new URL(file, FFI_DIRECTORY)));
  }
  const coreId = await hash(parts);
  const users = user.flatMap(({ name, text }) => [name, text]);
  return {
    core: files.filter((file) => /^core\/[^/]+\.c$/.test(file)),
    user,
    coreId,
    id: user.length === 0 ? coreId : await hash([coreId, ...users]),
  };
}

/** The name of a build's directory. */
function nameOf(arch: Architecture, { coreId, id }: Sources): string {
  return id === coreId ? `${arch}-${id}` : `${arch}-${coreId}-user-${id}`;
}

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
 * The build of the present sources, if it has been made; `null` otherwise. Compiles nothing.
 *
 * @param user Techniques of the user's own.
 */
export async function findBuild(
  arch: Architecture = localArchitecture(),
  user: readonly UserSource[] = [],
): Promise<Build | null> {
  const { directory, ...files } = paths(arch, await readSources(user));
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

/** Builds of older sources; what is still mapped by a process stays alive without its name. */
async function removeOlder(arch: Architecture, sources: Sources): Promise<void> {
  const core = `${arch}-${sources.coreId}`;
  for await (const { name } of Deno.readDir(OUTPUT_DIRECTORY)) {
    if (!name.startsWith(`${arch}-`) || name.includes(".tmp")) continue;
    if (name === core || name === nameOf(arch, sources)) continue;
    const directory = new URL(name, OUTPUT_DIRECTORY);
    if (name.startsWith(`${core}-user-`) && await age(directory) < USER_BUILD_MS) continue;
    await Deno.remove(directory, { recursive: true });
  }
}

/** Milliseconds since a directory was made; 0 if somebody else has removed it meanwhile. */
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
  if (await exists(directory)) return { arch, ...made, compiled: false };

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
    await compileAll(compiler, sources, temporary);
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
async function compileAll(compiler: string, sources: Sources, to: URL): Promise<void> {
  const user = await compileUser(compiler, sources.user, to);
  const what = user.length > 0 ? "the C core and techniques of your own" : "the C core";
  const defines = [
    `-DFENCELAB_VERSION="${version}"`,
    `-DFENCELAB_BUILD="${sources.id}"`,
    ...(user.length > 0 ? [userSourcesDefine(sources.user)] : []),
  ];
  const library = [
    "-fPIC",
    "-shared",
    "-o",
    new URL("libfencelab.so", to).pathname,
    ...sources.core,
  ];
  const agent = [
    ...["-static", "-o", new URL("fencelab-agent", to).pathname, "agent.c"],
    // What only Deno calls
    ...sources.core.filter((file) => file !== "core/door.c"),
  ];
  const loader = ["-o", new URL("fencelab-loader", to).pathname, "loader.c"];
  await Promise.all([
    ...[library, agent].map((args) =>
      compile(compiler, [...FLAGS, ...defines, ...args, ...user, "-lm"], what)
    ),
    compile(compiler, [...LOADER_FLAGS, ...loader]),
  ]);
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
