import { inflateSync, zstdDecompressSync } from "node:zlib";
import { CaptureError } from "../convert/capture_source.ts";

/** What a compressed part may grow to, bytes: kallsyms of a large kernel has some 10 MB. */
const MAX_BYTES = 256 << 20;

/**
 * Decompresses one part of a trace.dat.
 *
 * @param algorithm Name in the file's header: `zstd` or `zlib`.
 * @param size Bytes that the file says it had.
 * @throws {CaptureError} If it cannot, or the size is another.
 */
export function decompress(algorithm: string, bytes: Uint8Array, size: number): Uint8Array {
  const decoders = new Map([["zstd", zstdDecompressSync], ["zlib", inflateSync]]);
  const decode = decoders.get(algorithm);
  if (decode === undefined || size > MAX_BYTES) {
    throw new CaptureError(
      `Cannot decompress ${size} bytes of trace.dat with '${algorithm}': known are ` +
        `${[...decoders.keys()].join(", ")}, up to ${MAX_BYTES} bytes`,
    );
  }
  let result: Uint8Array;
  try {
    result = decode(bytes, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw new CaptureError(`Cannot decompress a part of trace.dat with '${algorithm}'`, { cause });
  }
  if (result.length === size) return result;
  throw new CaptureError(
    `Cannot decompress a part of trace.dat: ${result.length} bytes, ${size} were announced`,
  );
}
