/**
 * Protocol Buffers wire format (protobuf.dev, "Encoding"), into one growing buffer.
 *
 * Messages inside messages are opened and closed; their length is filled in when they close.
 */

import { putUint32, putUint64 } from "./put.ts";

const TWO_28 = 2 ** 28;
const TWO_32 = 2 ** 32;
/** Length field that {@linkcode ProtoWriter.open} reserves: a varint of fixed width, up to 2^28. */
const LENGTH_BYTES = 4;
const UTF8 = new TextEncoder();
/** Texts below this length have one byte for it, if they are ASCII. */
const SHORT_TEXT = 0x80;

/** Tag of a field with a varint. */
export function varintTag(field: number): number {
  return (field << 3) >>> 0;
}

/** Tag of a field with bytes: text, bytes, a message, packed numbers. */
export function bytesTag(field: number): number {
  return ((field << 3) | 2) >>> 0;
}

/** Writes one message, or several, into a buffer that grows. */
export class ProtoWriter {
  /** Content up to {@linkcode ProtoWriter.length}; replaced when it grows. */
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1 << 16) {
    this.bytes = new Uint8Array(capacity);
  }

  /** A view of what was written, valid until the next write. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  /** Makes place for so many bytes more. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + bytes));
    grown.set(this.written);
    this.bytes = grown;
  }

  /** Writes a whole number from 0 to 2^53 - 1 as a varint. */
  varint(value: number): void {
    if (value >= TWO_32) return this.varint64(Math.floor(value / TWO_32), value % TWO_32);
    this.reserve(10);
    this.length = putUint32(this.bytes, this.length, value);
  }

  /** Writes 64 bits, given as two unsigned halves, as a varint. */
  varint64(high: number, low: number): void {
    this.reserve(10);
    this.length = putUint64(this.bytes, this.length, high, low);
  }

  /** Writes a number of up to 53 bits with sign as protobuf's int32 and int64 do. */
  signed(value: number): void {
    if (value >= 0) return this.varint(value);
    const high = Math.floor(value / TWO_32);
    this.varint64(high >>> 0, value - high * TWO_32);
  }

  /** Field with a whole number of up to 53 bits. */
  number(field: number, value: number): void {
    this.varint(varintTag(field));
    this.signed(value);
  }

  /** Field with 64 bits; negative numbers as int64 does. */
  bigint(field: number, value: bigint): void {
    this.varint(varintTag(field));
    const bits = BigInt.asUintN(64, value);
    this.varint64(Number(bits >> 32n), Number(bits & 0xffffffffn));
  }

  /** Field of type fixed64. */
  fixed64(field: number, value: number): void {
    this.varint((field << 3) | 1);
    this.reserve(8);
    const high = Math.floor(value / TWO_32);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.length, 8);
    view.setUint32(0, value - high * TWO_32, true);
    view.setUint32(4, high, true);
    this.length += 8;
  }

  /** Field of type double. */
  double(field: number, value: number): void {
    this.varint((field << 3) | 1);
    this.reserve(8);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.length, 8);
    view.setFloat64(0, value, true);
    this.length += 8;
  }

  /** Field with text, as UTF-8. */
  text(field: number, value: string): void {
    if (value.length < SHORT_TEXT && this.#ascii(field, value)) return;
    this.data(field, UTF8.encode(value));
  }

  /** Short ASCII, faster than by an encoder; whether it was that. */
  #ascii(field: number, value: string): boolean {
    const { length } = this;
    this.varint(bytesTag(field));
    this.reserve(SHORT_TEXT);
    this.bytes[this.length++] = value.length;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) {
        this.length = length;
        return false;
      }
      this.bytes[this.length++] = code;
    }
    return true;
  }

  /** Field with bytes, or with a message that was already written. */
  data(field: number, value: Uint8Array): void {
    this.varint(bytesTag(field));
    this.varint(value.length);
    this.raw(value);
  }

  /** Bytes as they are. */
  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /**
   * Opens a message in a field.
   *
   * @returns What {@linkcode ProtoWriter.close} wants.
   */
  open(field: number): number {
    this.varint(bytesTag(field));
    this.reserve(LENGTH_BYTES);
    this.length += LENGTH_BYTES;
    return this.length;
  }

  /** Closes a message: fills its length in, in {@linkcode LENGTH_BYTES} bytes. */
  close(begin: number): void {
    const size = this.length - begin;
    if (size >= TWO_28) throw new RangeError(`Cannot write a message of ${size} bytes`);
    this.bytes[begin - 4] = (size & 0x7f) | 0x80;
    this.bytes[begin - 3] = ((size >>> 7) & 0x7f) | 0x80;
    this.bytes[begin - 2] = ((size >>> 14) & 0x7f) | 0x80;
    this.bytes[begin - 1] = size >>> 21;
  }

  /** Opens a message that will most likely be shorter than 128 bytes: one byte for its length. */
  openSmall(field: number): number {
    this.varint(bytesTag(field));
    this.reserve(1);
    return ++this.length;
  }

  /** Closes what {@linkcode ProtoWriter.openSmall} opened; a longer message is moved. */
  closeSmall(begin: number): void {
    const size = this.length - begin;
    if (size < 0x80) {
      this.bytes[begin - 1] = size;
      return;
    }
    const extra = size < 0x4000 ? 1 : size < 0x200000 ? 2 : 3;
    this.reserve(extra);
    this.bytes.copyWithin(begin + extra, begin, this.length);
    const end = this.length + extra;
    this.length = begin - 1;
    this.varint(size);
    this.length = end;
  }

  /** Forgets what was written, keeps the buffer. */
  clear(): void {
    this.length = 0;
  }
}

/** What a field can hold: a number is a varint, a text is UTF-8, an array is a message of fields. */
export type ProtoValue = number | boolean | string | Uint8Array | readonly ProtoField[];

/** A field number and its value; an undefined value is left out. */
export type ProtoField = readonly [field: number, value: ProtoValue | undefined];

/** Encodes a message. Numbers are whole, from 0 to 2^53 - 1. */
export function encodeMessage(fields: readonly ProtoField[]): Uint8Array<ArrayBuffer> {
  const writer = new ProtoWriter(64);
  for (const [field, value] of fields) {
    if (value === undefined) continue;
    if (typeof value === "string") writer.text(field, value);
    else if (value instanceof Uint8Array) writer.data(field, value);
    else if (typeof value === "object") writer.data(field, encodeMessage(value));
    else writer.number(field, Number(value));
  }
  return writer.written;
}
