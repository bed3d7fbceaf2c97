/** What tells a changed run.json from the one that was read. */
export interface RunStamp {
  /** "missing" or "unreadable" where there is none. */
  readonly stamp: string;
  /** When it was last changed, milliseconds since 1970. */
  readonly modified: number;
  /** Bytes. */
  readonly size: number;
}

/** The stamp of a run directory's `run.json`. */
export function stampOf(directory: string): RunStamp {
  try {
    const info = Deno.lstatSync(`${directory}/run.json`);
    const modified = info.mtime?.getTime() ?? 0;
    const stamp = `${info.ino}:${info.size}:${modified}:${info.ctime?.getTime() ?? 0}`;
    return { stamp, modified, size: info.size };
  } catch (cause) {
    // An unreadable run is still listed; readStoredRun() says what is wrong with it.
    const missing = cause instanceof Deno.errors.NotFound;
    return { stamp: missing ? "missing" : "unreadable", modified: 0, size: 0 };
  }
}
