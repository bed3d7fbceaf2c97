/** Reads Protocol Buffers' wire format: https://protobuf.dev/programming-guides/encoding */

// Wire types
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const decoder = new TextDecoder();

/** Bytes that are no protobuf message. */
export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

/** A varint of any length has at most so many bytes. */
const LONGEST_VARINT = 10;

/**
 * Reads a varint; of one beyond 2^53 the low digits are lost.
 *
 * @returns Its value and the place behind it; null where the bytes end within it.
 * @throws {ProtobufError} If it has more than ten bytes.
 */
export function readVarint(bytes: Uint8Array, at: number): { value: number; end: number } | null {
  let value = 0;
  let scale = 1;
  for (let end = at; end < at + LONGEST_VARINT;) {
    const byte = bytes[end++];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end };
    scale *= 0x80;
  }
  throw new ProtobufError(`Cannot read a message: a varint is longer than ${LONGEST_VARINT} bytes`);
}

/** Reads a message field by field: `while (reader.next()) switch (reader.field) …`. */
export class ProtoReader {
  /** Number of the field that `next` found. */
  field = 0;
  readonly #bytes: Uint8Array;
  #at = 0;
  #wire = VARINT;
  #value = 0;
  #body: Uint8Array = new Uint8Array();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * Goes to the next field.
   *
   * @returns false at the end.
   * @throws {ProtobufError} If the bytes end within a field or have a wire type of no use.
   */
  next(): boolean {
    if (this.#at >= this.#bytes.length) return false;
    const key = this.#varint();
    this.field = Math.floor(key / 8);
    this.#wire = key % 8;
    if (this.#wire === VARINT) this.#value = this.#varint();
    else if (this.#wire === BYTES) this.#body = this.#take(this.#varint());
    else if (this.#wire === FIXED64) this.#body = this.#take(8);
    else if (this.#wire === FIXED32) this.#body = this.#take(4);
    else throw new ProtobufError(`Cannot read a message: wire type ${this.#wire} is unknown`);
    return true;
  }

  /** The field as a number; of a varint beyond 2^53 the low digits are lost. */
  number(): number {
    this.#expect(VARINT);
    return this.#value;
  }

  /** The field as bytes: a view, not a copy. */
  bytes(): Uint8Array {
    this.#expect(BYTES);
    return this.#body;
  }

  /** The field as text. */
  string(): string {
    return decoder.decode(this.bytes());
  }

  #expect(wire: number): void {
    if (this.#wire === wire) return;
    throw new ProtobufError(
      `Cannot read field ${this.field}: its wire type is ${this.#wire}, expected ${wire}`,
    );
  }

  #varint(): number {
    const varint = readVarint(this.#bytes, this.#at);
    if (varint === null) throw new ProtobufError("Cannot read a message: it ends in a varint");
    this.#at = varint.end;
    return varint.value;
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) {
      throw new ProtobufError(
        `Cannot read field ${this.field}: ${length} bytes announced, ` +
          `${this.#bytes.length - this.#at} left`,
      );
    }
    const body = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return body;
  }
}

/** Reads packed signed 64-bit varints. */
export function decodePackedInt64(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  let at = 0;
  while (at < bytes.length) {
    let low = 0; // up to 49 bits, exact in a number
    let scale = 1;
    let high = 0n;
    let length = 0;
    for (;; length++) {
      const byte = bytes[at++];
      if (byte === undefined || length === LONGEST_VARINT) {
        throw new ProtobufError("Cannot read packed integers: the last one is cut off");
      }
      if (length < 7) {
        low += (byte & 0x7f) * scale;
        scale *= 0x80;
      } else {
        high |= BigInt(byte & 0x7f) << BigInt(7 * length);
      }
      if (byte < 0x80) break;
    }
    values.push(length < 7 ? BigInt(low) : BigInt.asIntN(64, high | BigInt(low)));
  }
  return values;
}

export function decodePackedDouble(bytes: Uint8Array): number[] {
  if (bytes.length % 8 !== 0) {
    throw new ProtobufError(
      `Cannot read packed doubles: ${bytes.length} bytes are no whole number`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}
