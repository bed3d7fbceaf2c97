import { storeErrorOf } from "./store_error.ts";

/** Room that a run without traces takes at most, in bytes; histograms make most of it. */
const PROBE_BYTES = 1 << 20;

/**
 * Finds out whether a run could be stored, before minutes are spent on measuring it.
 *
 * @param store The store's directory; made if need be.
 * @throws {StoreError} If nothing can be written there, or not as much as a run needs.
 */
export async function checkWritable(store: string): Promise<void> {
  try {
    await Deno.mkdir(store, { recursive: true });
    const probe = `${store}/.probe-${Deno.pid}`;
    try {
      await Deno.writeFile(probe, new Uint8Array(PROBE_BYTES), { createNew: true });
    } finally {
      // Where it could not be made there is nothing to remove
      await Deno.remove(probe).catch(() => {});
    }
  } catch (cause) {
    throw storeErrorOf(`Cannot store runs in '${store}'`, cause);
  }
}
