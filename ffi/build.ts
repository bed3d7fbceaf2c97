/**
 * Builds the C core: a shared library and a static agent per architecture.
 *
 * A build lies in `build/<arch>-<hash of sources and flags>/`. It is made under
 * a temporary name and renamed, so that it is there as a whole or not at all, and
 * a process that has an older library mapped keeps it.
 */

import { version } from "./version.ts";
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
  readonly id: string;
}

/** C sources of the core and the hash that names a build of them. */
async function readSources(): Promise<Sources> {
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
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(parts.join("\0")));
  return {
    core: files.filter((file) => /^core\/[^/]+\.c$/.test(file)),
    id: new Uint8Array(digest).toHex().slice(0, 12),
  };
}

function paths(
  arch: Architecture,
  id: string,
): { directory: URL } & Pick<Build, "library" | "agent" | "loader"> {
  const directory = new URL(`${arch}-${id}/`, OUTPUT_DIRECTORY);
  return {
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

/** The build of the present sources, if it has been made; `null` otherwise. Compiles nothing. */
export async function findBuild(arch: Architecture = localArchitecture()): Promise<Build | null> {
  const { id } = await readSources();
  const { directory, ...files } = paths(arch, id);
  return await exists(directory) ? { arch, id, ...files, compiled: false } : null;
}

async function compile(compiler: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(compiler, {
    args: [...args],
    cwd: FFI_DIRECTORY,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new BuildError(
      `Cannot compile the C core with '${compiler}':\n${new TextDecoder().decode(stderr).trim()}`,
      false,
    );
  }
}

/** Builds of older sources; what is still mapped by a process stays alive without its name. */
async function removeOlder(arch: Architecture, id: string): Promise<void> {
  for await (const { name } of Deno.readDir(OUTPUT_DIRECTORY)) {
    if (name.startsWith(`${arch}-`) && name !== `${arch}-${id}` && !name.includes(".tmp")) {
      await Deno.remove(new URL(name, OUTPUT_DIRECTORY), { recursive: true });
    }
  }
}

/**
 * Makes sure that the present sources are built for an architecture.
 *
 * @param arch The machine's own by default.
 * @param log Told what is being done when something has to be compiled.
 * @throws {BuildError} If no compiler is found (with the packages to install) or compiling fails.
 */
export async function ensureBuild(
  arch: Architecture = localArchitecture(),
  log: (line: string) => void = () => {},
): Promise<Build> {
  const sources = await readSources();
  const { directory, ...made } = paths(arch, sources.id);
  if (await exists(directory)) return { arch, id: sources.id, ...made, compiled: false };

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
  const temporary = new URL(`${arch}-${sources.id}.tmp${Deno.pid}/`, OUTPUT_DIRECTORY);
  try {
    await Deno.mkdir(temporary, { recursive: true });
    const defines = [`-DFENCELAB_VERSION="${version}"`, `-DFENCELAB_BUILD="${sources.id}"`];
    const door = "core/door.c";
    await Promise.all([
      compile(compiler, [
        ...FLAGS,
        ...defines,
        "-fPIC",
        "-shared",
        "-o",
        new URL("libfencelab.so", temporary).pathname,
        ...sources.core,
        "-lm",
      ]),
      compile(compiler, [
        ...FLAGS,
        ...defines,
        "-static",
        "-o",
        new URL("fencelab-agent", temporary).pathname,
        "agent.c",
        ...sources.core.filter((file) => file !== door),
        "-lm",
      ]),
      compile(compiler, [
        ...LOADER_FLAGS,
        "-o",
        new URL("fencelab-loader", temporary).pathname,
        "loader.c",
      ]),
    ]);
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
  await removeOlder(arch, sources.id);
  return { arch, id: sources.id, ...made, compiled: true };
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
