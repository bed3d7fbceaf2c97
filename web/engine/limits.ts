/** What engines may take, in one place. */

/** Engines that answer pages and SQL; the endpoint for the Perfetto UI has one more. */
export const POOL_SIZE = 2;

/** All engines that the launcher runs at a time. */
export const MAX_ENGINES = POOL_SIZE + 1;

/**
 * Memory of an engine's process, in MiB.
 *
 * A trace takes about eight times the size of its file, and the engine itself 200 MiB.
 */
export const MEMORY_MIB = 2560;

/**
 * The same on a machine with so much memory: all engines together leave it a quarter.
 *
 * @param total In bytes.
 */
export function engineMemoryMiB(total: number): number {
  return Math.min(MEMORY_MIB, Math.floor(total * 0.75 / MAX_ENGINES / 2 ** 20));
}

/** Largest trace that is loaded, in bytes; larger ones would exceed the memory. */
export const MAX_TRACE_BYTES = 256 * 1024 * 1024;

/** How long loading may take, in ms. */
export const LOAD_LIMIT_MS = 180_000;

/** How long work with a trace may take that names no limit of its own, in ms. */
export const WORK_LIMIT_MS = 10_000;

/** How long an engine without work is kept, in ms. */
export const IDLE_MS = 60_000;

/** Work that may wait for an engine. */
export const MAX_WAITING = 64;

/** How an engine says that it needed too much memory. */
export const MEMORY_REASON = "out of memory";

/** What {@linkcode MEMORY_REASON} is followed by, and what people are told. */
export function memoryReason(limitMiB: number): string {
  return `${MEMORY_REASON}: more than ${limitMiB} MiB were needed`;
}
