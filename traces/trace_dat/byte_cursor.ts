import { CaptureError } from "../convert/capture_source.ts";

/** Reads numbers and text of a trace.dat one after the other. */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  readonly #what: string;
  #at = 0;

  /**
   * @param what Name of what is read, for messages.
   */
  constructor(bytes: Uint8Array, littleEndian: boolean, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = littleEndian;
    this.#what = what;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Place of the next byte. */
  get position(): number {
    return this.#at;
  }

  /** A number of 16 bits. */
  u16(): number {
    return this.#view.getUint16(this.#advance(2), this.#littleEndian);
  }

  /** A number of 32 bits. */
  u32(): number {
    return this.#view.getUint32(this.#advance(4), this.#littleEndian);
  }

  /** A number of 64 bits. @throws {CaptureError} If it is beyond 2^53. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#advance(8), this.#littleEndian);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new CaptureError(
        `Cannot read ${this.#what}: it names a size or place of ${value} bytes, so it is damaged`,
      );
    }
    return Number(value);
  }

  /** So many bytes. */
  bytes(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** So many bytes as text, up to the first NUL. */
  text(length: number): string {
    return new TextDecoder().decode(this.bytes(length)).replace(/\0.*$/s, "");
  }

  /** Text that ends at a NUL. */
  string(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new CaptureError(`Cannot read ${this.#what}: a text in it lacks its end`);
    const text = this.text(end - this.#at);
    this.#advance(1);
    return text;
  }

  #advance(length: number): number {
    if (length > this.left) {
      throw new CaptureError(
        `Cannot read ${this.#what}: ${length} bytes at ${this.#at} are beyond its end`,
      );
    }
    const at = this.#at;
    this.#at += length;
    return at;
  }
}
