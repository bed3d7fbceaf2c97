/**
 * An advisory lock on a directory. The kernel drops it when the holder dies, however it dies, and it
 * holds across containers that share a store, where process numbers mean nothing.
 */
export class DirectoryLock {
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

function ignoreRefusal(): void {}

/** Flushes the entries of a directory to the disk. */
export async function syncDirectory(path: string): Promise<void> {
  using file = await Deno.open(path);
  // Some network file systems refuse to flush a directory; its files were flushed before.
  await file.sync().catch(ignoreRefusal);
}
