/** Taking turns below a directory: one process works there, others wait until it is done. */

/** How often it is looked whether the turn has come, in ms. */
const LOOK_MS = 200;

/** A turn; disposing of it, or the death of its process, ends it. */
export class Turn implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Waits for the turn. Unlike a blocking lock, the wait can be given up.
   *
   * Where the file system knows no locks, goes on at once: what is published below is renamed into
   * place, so that the worst is work done twice.
   *
   * @param onWait Told once if somebody else has the turn.
   * @throws {DOMException} If the wait was aborted.
   */
  static async wait(directory: string, signal?: AbortSignal, onWait?: () => void): Promise<Turn> {
    const file = await Deno.open(directory);
    try {
      for (let tries = 0; !await lock(file); tries++) {
        if (tries === 0) onWait?.();
        signal?.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      return new Turn(file);
    } catch (cause) {
      file.close();
      throw cause;
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

async function lock(file: Deno.FsFile): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch {
    return true; // a file system without locks
  }
}
