/** A header, format file or page of the kernel's ring buffer that cannot be understood. */
export class RingBufferError extends Error {
  override readonly name = "RingBufferError";
}
