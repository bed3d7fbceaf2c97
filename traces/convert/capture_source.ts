import { concatBytes } from "../protobuf/concat_bytes.ts";

/** Bytes of one file of a capture, chunk by chunk; a chunk is valid until the next is asked for. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** A capture as named byte streams: a directory, an archive, memory. */
export interface CaptureSource {
  /** Names of all files, with `/` between folders, such as `events/ipi/ipi_send_cpu.format`. */
  list(): Promise<readonly string[]>;
  /**
   * Opens a file from its begin.
   *
   * @throws {Error} If there is no such file or it cannot be read.
   */
  open(name: string): Promise<ByteStream>;
}

/** A capture that cannot be converted, with what is wrong with it. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
}

/** Reads a whole file. @throws {CaptureError} If it is longer than the limit, bytes. */
export async function readAll(
  source: CaptureSource,
  name: string,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of await source.open(name)) {
    length += chunk.length;
    if (length > limit) {
      throw new CaptureError(`Cannot read '${name}' of the capture: longer than ${limit} bytes`);
    }
    // A stream may use its chunk again
    chunks.push(chunk.slice());
  }
  return concatBytes(chunks);
}

/** Reads a whole file as text. */
export async function readText(
  source: CaptureSource,
  name: string,
  limit: number,
): Promise<string> {
  return new TextDecoder().decode(await readAll(source, name, limit));
}

/** A capture in memory. */
export function memorySource(files: ReadonlyMap<string, Uint8Array>): CaptureSource {
  return {
    list: () => Promise.resolve([...files.keys()]),
    open: (name) => {
      const content = files.get(name);
      return content === undefined
        ? Promise.reject(new CaptureError(`Cannot read '${name}': the capture has no such file`))
        : Promise.resolve(ReadableStream.from([content]));
    },
  };
}
