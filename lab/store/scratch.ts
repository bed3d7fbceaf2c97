import { DirectoryLock } from "../places/directory_lock.ts";
import { isRunId } from "../format/run_id.ts";
import { storeErrorOf } from "./store_error.ts";

/** Names of directories that belong to a process as long as it lives. */
const NAME = /^\.(scratch|live)-\d+(-[A-Za-z0-9.-]+)?$/;
/** Those of runs that are being written, by the run's id. */
const UNFINISHED = /^\.tmp-(.+)-\d+$/;

/** What a directory of a process is for: making a run, or telling of one that is under way. */
export type ScratchKind = "scratch" | "live";

/** A directory of one process beside the runs; removed when disposed of. */
export class Scratch implements AsyncDisposable {
  readonly path: string;
  readonly #lock: DirectoryLock;

  private constructor(path: string, lock: DirectoryLock) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Makes the directory, and removes those of processes that were killed.
   *
   * It is locked as long as its owner lives, which is how others can tell.
   *
   * @param store The store's directory; made if need be.
   * @param label Sets directories of one process apart.
   * @throws {StoreError} If it cannot be made.
   */
  static async open(
    store: string,
    label = "",
    kind: ScratchKind = "scratch",
  ): Promise<Scratch> {
    const path = `${store}/.${kind}-${Deno.pid}${label && `-${label}`}`;
    try {
      return new Scratch(path, await lockedDirectory(store, path));
    } catch (cause) {
      throw storeErrorOf(`Cannot make a working directory in '${store}'`, cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
    this.#lock[Symbol.dispose]();
  }
}

/**
 * Sweeps, makes a directory and locks it in one step, so that no other sweep sees it unlocked.
 *
 * @param store The store's directory; made if need be.
 * @param path The new directory in it.
 */
export async function lockedDirectory(store: string, path: string): Promise<DirectoryLock> {
  await Deno.mkdir(store, { recursive: true });
  using _exclusive = await DirectoryLock.wait(store);
  await sweep(store);
  await Deno.mkdir(path);
  return await DirectoryLock.wait(path);
}

/** Removes what processes that were killed left in a store. */
export async function sweep(store: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(store)) {
    if (!isDirectory || !(NAME.test(name) || isRunId(UNFINISHED.exec(name)?.[1] ?? ""))) continue;
    try {
      using dead = await DirectoryLock.attempt(`${store}/${name}`);
      if (dead !== null) await Deno.remove(`${store}/${name}`, { recursive: true });
    } catch {
      // Somebody else's leftover, or gone by now: no reason to fail
    }
  }
}
