/** From the body of a request to a run or a trace in the store. */

import type { RunStore } from "../../lab/store/run_store.ts";
import { Scratch } from "../../lab/store/scratch.ts";
import { Problem } from "../base/problem.ts";
import { UPLOADS } from "../base/trace_ref.ts";
import { receive } from "./receive.ts";
import { recognise } from "./recognise.ts";
import { takeArchive } from "./run_archive.ts";

/** Uploads at the same time: each may take as much of the disk as is allowed for one. */
const MAX_AT_ONCE = 2;
/** All uploaded traces together, bytes. */
const MAX_TOTAL = 8 * 2 ** 30;

/** What an upload has become. */
export interface Taken {
  readonly kind: "run" | "trace";
  /** The page that shows it. */
  readonly url: string;
}

/** Takes uploads into one store. */
export class Uploads {
  readonly #store: RunStore;
  #running = 0;

  constructor(store: RunStore) {
    this.#store = store;
  }

  /**
   * Takes one; nothing of it is left where it fails.
   *
   * @param length What the client says it is going to send, bytes.
   * @throws {Problem} If it is not what can be taken.
   */
  async take(body: ReadableStream<Uint8Array> | null, length: number | null): Promise<Taken> {
    if (this.#running >= MAX_AT_ONCE) {
      throw new Problem(503, "Other uploads are under way", "try again when they have ended");
    }
    this.#running++;
    try {
      await using scratch = await Scratch.open(this.#store.dir, `upload-${crypto.randomUUID()}`);
      return await this.#takeInto(scratch.path, body, length);
    } finally {
      this.#running--;
    }
  }

  async #takeInto(
    scratch: string,
    body: ReadableStream<Uint8Array> | null,
    length: number | null,
  ): Promise<Taken> {
    const received = await receive(body, length, `${scratch}/upload`);
    const kind = recognise(received.path);
    if (kind === "trace") return await this.#keepTrace(received);
    const files = `${scratch}/files`;
    await Deno.mkdir(files);
    const { id } = await takeArchive(received.path, kind === "tar.gz", this.#store, files);
    return { kind: "run", url: `/runs/${encodeURIComponent(id)}` };
  }

  /** Named by its content: the same trace twice is one. */
  async #keepTrace(
    { path, bytes, sha256 }: { path: string; bytes: number; sha256: string },
  ): Promise<
    Taken
  > {
    const directory = `${this.#store.dir}/${UPLOADS}`;
    await Deno.mkdir(directory, { recursive: true });
    const name = `${sha256}.pftrace`;
    if (await sizeOf(directory) + bytes > MAX_TOTAL) {
      throw new Problem(
        507,
        `Uploaded traces have ${MAX_TOTAL / 2 ** 30} GiB already`,
        `remove some from ${UPLOADS} in the store`,
      );
    }
    await Deno.rename(path, `${directory}/${name}`);
    return { kind: "trace", url: `/traces/upload~${name}` };
  }
}

async function sizeOf(directory: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (isFile) bytes += (await Deno.lstat(`${directory}/${name}`)).size;
  }
  return bytes;
}
