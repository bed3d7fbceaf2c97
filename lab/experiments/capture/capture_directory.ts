/** A capture as a directory: written piece by piece, read as named streams. */

import type { FilePiece } from "../../../ffi/frames.ts";
import {
  type ByteStream,
  CaptureError,
  type CaptureSource,
} from "../../../traces/convert/capture_source.ts";

/** A directory that receives the pieces of a capture. */
export class CaptureDirectory implements Disposable {
  readonly path: string;
  readonly #open = new Map<string, Deno.FsFile>();

  /** @param path Made if need be; must be empty. */
  constructor(path: string) {
    this.path = path;
    Deno.mkdirSync(path, { recursive: true });
  }

  /** Appends a piece; names have been checked by the protocol. @throws {CaptureError} If the disk is full. */
  append({ name, bytes }: FilePiece): void {
    try {
      let file = this.#open.get(name);
      if (!file) {
        const folder = name.lastIndexOf("/");
        if (folder > 0) {
          Deno.mkdirSync(`${this.path}/${name.slice(0, folder)}`, { recursive: true });
        }
        file = Deno.openSync(`${this.path}/${name}`, { append: true, create: true });
        this.#open.set(name, file);
      }
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CaptureError(
        `Cannot keep '${name}' of the capture in '${this.path}': ${why}. ` +
          "Remedy: free space there, or choose another directory with --out",
        { cause },
      );
    }
  }

  /** Closes all files. */
  [Symbol.dispose](): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
  }
}

/** A capture directory for the converter. */
export function directorySource(path: string): CaptureSource {
  return {
    list: () => Promise.resolve(namesBelow(path, "")),
    open: (name) => Promise.resolve(stream(`${path}/${name}`)),
  };
}

function namesBelow(path: string, prefix: string): string[] {
  const names: string[] = [];
  for (const { name, isFile, isDirectory } of Deno.readDirSync(path)) {
    if (isFile) names.push(prefix + name);
    if (isDirectory) names.push(...namesBelow(`${path}/${name}`, `${prefix}${name}/`));
  }
  return names.sort();
}

async function* stream(path: string): ByteStream {
  using file = await Deno.open(path);
  const chunk = new Uint8Array(1 << 18);
  for (let n = await file.read(chunk); n !== null; n = await file.read(chunk)) {
    yield chunk.subarray(0, n);
  }
}
