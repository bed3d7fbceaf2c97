/** Techniques as fences that a program can call. */

import { errnoName } from "./errno.ts";
import type { Library } from "./library.ts";
import { openLibrary } from "./membarrier.ts";

const REASON_BYTES = 160;

/** A technique cannot be set up, or failed when it was called. */
export class FenceError extends Error {
  override readonly name = "FenceError";
  readonly technique: string;
  constructor(technique: string, message: string) {
    super(message);
    this.technique = technique;
  }
}

/**
 * The heavy side of an asymmetric fence in this process.
 *
 * Whoever relies on it must know whether the technique orders memory on this
 * machine: only the membarrier commands and `signal` promise it.
 */
export class HeavyFence implements Disposable {
  readonly technique: string;
  readonly #library: Library;
  #pointer: Deno.PointerValue;

  /** Use {@linkcode openFence}. */
  constructor(technique: string, library: Library, pointer: Deno.PointerValue) {
    this.technique = technique;
    this.#library = library;
    this.#pointer = pointer;
  }

  /**
   * Executes the heavy side once: on return, every thread of this process has
   * passed a full barrier, as far as the technique does what it is used for.
   *
   * @throws {FenceError} If the kernel refuses, a thread does not answer (`signal`), or the fence is closed.
   */
  heavy(): void {
    if (this.#pointer === null) {
      throw new FenceError(this.technique, `Cannot execute '${this.technique}': it is closed`);
    }
    const error = this.#library.symbols.fencelab_fence_heavy(this.#pointer);
    if (error < 0) {
      throw new FenceError(
        this.technique,
        `Cannot execute '${this.technique}': ${errnoName(-error)}`,
      );
    }
  }

  /** Undoes the setup; safe to call twice. */
  [Symbol.dispose](): void {
    if (this.#pointer === null) return;
    this.#library.symbols.fencelab_fence_close(this.#pointer);
    this.#pointer = null;
  }
}

/**
 * Sets a technique up for use in this process: mappings, locked pages, registration.
 *
 * @param technique An identifier such as "membarrier-private-expedited" or "mprotect".
 * @param cpu The CPU that `membarrier-rseq-cpu` aims at.
 * @throws {FenceError} If the technique is not known or cannot be set up here; the message says why.
 *
 * @example A heavy fence against worker threads
 * ```ts
 * import { openFence } from "@fencelab/fencelab";
 *
 * using fence = await openFence("membarrier-private-expedited");
 * const flags = new Int32Array(new SharedArrayBuffer(8)); // shared with workers
 * flags[0] = 1; // a plain store …
 * fence.heavy(); // … that every worker's later loads see, or whose own store we see
 * const seen = flags[1];
 * ```
 */
export async function openFence(technique: string, cpu = 0): Promise<HeavyFence> {
  const library = await openLibrary();
  const reason = new Uint8Array(REASON_BYTES);
  const pointer = library.symbols.fencelab_fence_open(
    new TextEncoder().encode(`${technique}\0`),
    cpu,
    reason,
    BigInt(REASON_BYTES),
  );
  if (pointer === null) {
    const why = new TextDecoder().decode(reason.subarray(0, reason.indexOf(0)));
    throw new FenceError(technique, `Cannot set up '${technique}': ${why}`);
  }
  return new HeavyFence(technique, library, pointer);
}

/**
 * A full fence of the calling thread alone: what both sides need where no technique is sound.
 *
 * @throws {LibraryError} If the C core has not been built.
 */
export async function fullFence(): Promise<void> {
  (await openLibrary()).symbols.fencelab_full_fence();
}
