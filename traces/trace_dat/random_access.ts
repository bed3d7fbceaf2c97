import { CaptureError } from "../convert/capture_source.ts";

/** A file that can be read at any place. */
export interface RandomAccess {
  /** Bytes. */
  readonly size: number;
  /** Reads up to so many bytes; fewer only at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Reads exactly so many bytes. @throws {CaptureError} If the file ends before. */
export async function readExactly(
  file: RandomAccess,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  if (offset + length > file.size) {
    throw new CaptureError(
      `Cannot read trace.dat: ${length} bytes at ${offset} are beyond its ${file.size} bytes; ` +
        "the file is truncated",
    );
  }
  const bytes = await file.read(offset, length);
  if (bytes.length === length) return bytes;
  throw new CaptureError(`Cannot read trace.dat: it shrank below ${offset + length} bytes`);
}

/** A file in memory. */
export function memoryFile(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}
