/** Bytes that are no trace index, or none that this fencelab reads. */
export class TraceIndexError extends Error {
  override readonly name = "TraceIndexError";
}
