import { Problem } from "../base/problem.ts";
import type { TraceRef } from "../base/trace_ref.ts";
import { MAX_TRACE_BYTES } from "./limits.ts";

/** Piece of a file that is read at a time, in bytes. */
const PIECE = 2 * 1024 * 1024;

/** Size of a trace's file, in bytes. @throws {Problem} If it is too large for an engine. */
export function traceSize({ path, title }: TraceRef): number {
  const { size } = Deno.statSync(path);
  if (size <= MAX_TRACE_BYTES) return size;
  throw new Problem(
    413,
    `Trace '${title}' has ${size} bytes, more than the ${MAX_TRACE_BYTES} that are loaded here`,
    "download it and use a native trace_processor",
  );
}

/**
 * The bytes of a trace, piece by piece.
 *
 * @param progress Is told how many bytes have been taken.
 */
export async function* readTrace(
  { path }: TraceRef,
  progress: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  using file = await Deno.open(path);
  const buffer = new Uint8Array(PIECE);
  let total = 0;
  for (let length; (length = await file.read(buffer)) !== null;) {
    yield buffer.subarray(0, length);
    progress(total += length);
  }
}
