/** Indexes that were read, the most recent ones, as far as memory goes. */

import { OperationList } from "../../traces/index/operation_list.ts";
import type { TraceIndex } from "../../traces/index/trace_index.ts";

/** An index that is at hand. */
export interface OpenIndex {
  readonly index: TraceIndex;
  readonly operations: OperationList;
  /** Changes with the index: what is asked for with it never changes. */
  readonly version: string;
}

/** All indexes together, bytes; the one that was used last stays in any case. */
const MAX_BYTES = 256 << 20;

/** Keeps indexes by the paths of their files. */
export class IndexCache {
  /** The one that was used last is the last. */
  readonly #open = new Map<string, OpenIndex>();
  readonly #loading = new Map<string, Promise<OpenIndex>>();
  readonly #maxBytes: number;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /**
   * An index; whoever asks while it is loaded waits for the same.
   *
   * @param path Of its file; `version` changes with the file.
   */
  async get(
    path: string,
    version: string,
    load: () => Promise<TraceIndex>,
  ): Promise<OpenIndex> {
    const known = this.#open.get(path);
    this.#open.delete(path);
    if (known?.version === version) {
      this.#open.set(path, known);
      return known;
    }
    const key = `${path} ${version}`;
    let loading = this.#loading.get(key);
    if (loading === undefined) {
      loading = this.#load(path, version, load).finally(() => this.#loading.delete(key));
      this.#loading.set(key, loading);
    }
    return await loading;
  }

  async #load(
    path: string,
    version: string,
    load: () => Promise<TraceIndex>,
  ): Promise<OpenIndex> {
    const index = await load();
    const open = { index, operations: new OperationList(index), version };
    this.#open.set(path, open);
    this.#shrink();
    return open;
  }

  #shrink(): void {
    let bytes = [...this.#open.values()].reduce((sum, { index }) => sum + index.bytes, 0);
    for (const [path, { index }] of this.#open) {
      if (bytes <= this.#maxBytes || this.#open.size === 1) return;
      this.#open.delete(path);
      bytes -= index.bytes;
    }
  }
}
