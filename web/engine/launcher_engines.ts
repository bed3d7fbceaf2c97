/** The launcher's part of engines: it starts their processes, with hardly any permissions. */

import { existsSync } from "../../lab/places/exists.ts";
import { permissionList, projectDirectory } from "../../lab/cli/paths.ts";
import { engineCacheDirectory } from "../../lab/places/traces_files.ts";
import { engineFileNames } from "../../traces/trace_processor/engine_files.ts";
import { engineMemoryMiB, MAX_ENGINES } from "./limits.ts";

/** What an engine's process is told, and with what it may do it. */
export interface EngineProcess {
  /** The unix socket of the server. */
  readonly socket: string;
  /** The directory of the engine's files. */
  readonly files: string;
  readonly memoryMiB: number;
}

/** An engine may use its socket, and read its files and what its worker is made of. */
export function enginePermissions(socket: string, files: string): string[] {
  const read = [socket, files, `${projectDirectory}traces/trace_processor`];
  return [
    `--allow-net=${permissionList([`unix:${socket}`])}`,
    `--allow-read=${permissionList(read)}`,
    `--allow-write=${permissionList([socket])}`,
  ];
}

/** Starts the process of an engine. */
export function spawnEngine({ socket, files, memoryMiB }: EngineProcess): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      ...enginePermissions(socket, files),
      new URL("engine_main.ts", import.meta.url).pathname,
      socket,
      files,
      String(memoryMiB),
    ],
    stdin: "null",
    stdout: "null",
    // What the engine prints may come from a trace
    stderr: "null",
  }).spawn();
}

/** Engines that run for one server. */
export class LauncherEngines {
  readonly #socket: string;
  readonly #failed: (number: number, reason: string) => void;
  readonly #running = new Set<Deno.ChildProcess>();
  #files: Promise<string> | null = null;
  /** Engines that wait for their files. */
  #starting = 0;
  #ended = false;

  /**
   * @param socket Where engines connect.
   * @param failed Is told when an engine could not be started, or has ended.
   */
  constructor(socket: string, failed: (number: number, reason: string) => void) {
    this.#socket = socket;
    this.#failed = failed;
  }

  /** Starts an engine; the server can have no more than {@linkcode MAX_ENGINES}. */
  async start(number: number): Promise<void> {
    if (this.#running.size + this.#starting >= MAX_ENGINES) {
      return this.#failed(number, `${MAX_ENGINES} of them run already`);
    }
    this.#starting++;
    let child: Deno.ChildProcess;
    try {
      // Asked again after a failure: the network may be back
      this.#files ??= ensureFiles().catch((error) => {
        this.#files = null;
        throw error;
      });
      const files = await this.#files;
      if (this.#ended) return;
      const memoryMiB = engineMemoryMiB(Deno.systemMemoryInfo().total);
      child = spawnEngine({ socket: this.#socket, files, memoryMiB });
      this.#running.add(child);
    } catch (error) {
      return this.#failed(number, error instanceof Error ? error.message : String(error));
    } finally {
      this.#starting--;
    }
    const { code, signal } = await child.status;
    this.#running.delete(child);
    this.#failed(number, signal === null ? `it ended with code ${code}` : `${signal} ended it`);
  }

  /** Ends them all; they would notice by themselves that the server is gone. */
  end(): void {
    this.#ended = true;
    for (const child of this.#running) {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has just ended
      }
    }
  }
}

/** The directory of the engine's files, which are fetched if need be. */
async function ensureFiles(): Promise<string> {
  const directory = engineCacheDirectory();
  if (engineFileNames.every((name) => existsSync(`${directory}/${name}`))) return directory;
  // Beside the directory files are unpacked under a temporary name
  const parent = directory.slice(0, directory.lastIndexOf("/"));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      `--allow-read=${permissionList([parent])}`,
      `--allow-write=${permissionList([parent])}`,
      "--allow-env=HOME,XDG_CACHE_HOME",
      "--allow-run=npm",
      new URL("fetch_main.ts", import.meta.url).pathname,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  return directory;
}
