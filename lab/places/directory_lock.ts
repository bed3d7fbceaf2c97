/** How often it is looked whether the turn has come, in ms. */
const LOOK_MS = 200;

/**
 * An advisory lock on a directory. The kernel drops it when the holder dies, however it dies, and it
 * holds across containers that share a directory, where process numbers mean nothing.
 */
export class DirectoryLock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** Waits for the lock. Where the file system knows no locks, goes on without one. */
  static async wait(path: string): Promise<DirectoryLock> {
    const file = await Deno.open(path);
    await file.lock(true).catch(ignoreRefusal);
    return new DirectoryLock(file);
  }

  /**
   * As {@linkcode DirectoryLock.wait}, and the wait can be given up.
   *
   * @param onWait Told once if somebody else has the lock.
   * @throws {DOMException} If the wait was aborted.
   */
  static async turn(
    path: string,
    signal?: AbortSignal,
    onWait?: () => void,
  ): Promise<DirectoryLock> {
    const file = await Deno.open(path);
    try {
      for (let tries = 0; !await tryLock(file); tries++) {
        if (tries === 0) onWait?.();
        signal?.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      return new DirectoryLock(file);
    } catch (cause) {
      file.close();
      throw cause;
    }
  }

  /** Takes the lock if nobody holds it; `null` if somebody does, or if that cannot be known. */
  static async attempt(path: string): Promise<DirectoryLock | null> {
    const file = await Deno.open(path);
    const taken = await file.tryLock(true).catch(ignoreRefusal);
    if (taken === true) return new DirectoryLock(file);
    file.close();
    return null;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** Locks a file if nobody else has; where the file system knows no locks, goes on without one. */
export async function tryLock(file: Deno.FsFile): Promise<boolean> {
  return await file.tryLock(true).catch(() => true);
}

function ignoreRefusal(): void {}

/** Flushes the entries of a directory to the disk. */
export async function syncDirectory(path: string): Promise<void> {
  using file = await Deno.open(path);
  // Some network file systems refuse to flush a directory; its files were flushed before.
  await file.sync().catch(ignoreRefusal);
}
