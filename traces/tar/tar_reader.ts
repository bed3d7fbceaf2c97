/**
 * Reads an archive of tar as it comes in, holding no more of it than one record and one name.
 *
 * POSIX ustar, pax and GNU archives (`tar c` of Debian, BSD, busybox). Libraries for this keep
 * extended headers in memory, however long an archive says they are.
 */

/** Length of a record, of a header, and the multiple that contents are filled up to. */
export const RECORD = 512;
/** Extended headers hold names and times; the longest path of Linux has 4096 bytes. */
const MAX_EXTENDED = 16_384;
/** A size needs no more digits: 8 GiB. */
const OCTAL = /^[0-7]{1,11}[ \0]*$/;

const TYPES: Readonly<Record<string, TarEntry["type"]>> = {
  "\0": "file",
  "0": "file",
  "7": "file",
  "5": "directory",
};

/** What is in an archive. */
export interface TarEntry {
  /** As the archive spells it. */
  readonly path: string;
  readonly type: "file" | "directory" | "other";
  /** Bytes of its content. */
  readonly size: number;
  /** Its content; what is not read before the next entry is skipped. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** An archive that is damaged, cut off, or unlike any that tar makes. */
export class TarError extends Error {
  override readonly name = "TarError";
}

/**
 * The entries of an archive, one after another.
 *
 * @throws {TarError} If it is damaged or cut off.
 */
export async function* readTar(stream: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const input = new Input(stream);
  let longPath: string | null = null;
  while (true) {
    const header = await input.exactly(RECORD);
    if (header === null) throw new TarError("it ends without the empty records that close it");
    if (header.every((byte) => byte === 0)) return;
    checkSum(header);
    const size = sizeOf(header);
    const type = String.fromCharCode(header[156]!);
    if (type === "x" || type === "L") {
      const extended = await extendedHeader(input, size);
      longPath = (type === "L" ? textAt(extended, 0, size) : paxPath(extended)) ?? longPath;
      continue;
    }
    const content = new Content(input, type === "g" ? 0 : size);
    if (type === "g") {
      // Holds what applies to all entries, such as a comment: nothing that is needed here
      await input.skip(filled(size));
      continue;
    }
    yield {
      path: longPath ?? pathOf(header),
      type: TYPES[type] ?? "other",
      size,
      content,
    };
    longPath = null;
    await content.rest();
    await input.skip(filled(size) - size);
  }
}

async function extendedHeader(input: Input, size: number): Promise<Uint8Array> {
  if (size > MAX_EXTENDED) throw new TarError(`an extended header of ${size} bytes is in it`);
  const extended = await input.exactly(filled(size));
  if (extended === null) throw cutOff();
  return extended.subarray(0, size);
}

/** Records of pax: "LENGTH KEY=VALUE\n", the length that of the whole record. */
function paxPath(extended: Uint8Array): string | null {
  const decoder = new TextDecoder();
  for (let at = 0; at < extended.length;) {
    const length = Number.parseInt(decoder.decode(extended.subarray(at, at + 6)), 10);
    if (!(length > 0 && at + length <= extended.length)) {
      throw new TarError("an extended header in it is damaged");
    }
    const record = decoder.decode(extended.subarray(at, at + length - 1));
    const [, key, value] = /^\d+ ([^=]+)=([\s\S]*)$/.exec(record) ?? [];
    if (key === "path") return value!;
    at += length;
  }
  return null;
}

function pathOf(header: Uint8Array): string {
  const name = textAt(header, 0, 100);
  // GNU archives have times where ustar has a prefix; both tell by their magic
  const posix = textAt(header, 257, 6) === "ustar";
  const prefix = posix ? textAt(header, 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

function sizeOf(header: Uint8Array): number {
  const text = new TextDecoder().decode(header.subarray(124, 136));
  if (!OCTAL.test(text)) throw new TarError("it holds a file of more than 8 GiB, or is damaged");
  return Number.parseInt(text, 8);
}

/** The sum of all bytes of the header, those of the sum itself taken for blanks. */
function checkSum(header: Uint8Array): void {
  const said = Number.parseInt(textAt(header, 148, 8).trim(), 8);
  let sum = 0;
  for (let at = 0; at < RECORD; at++) sum += at >= 148 && at < 156 ? 0x20 : header[at]!;
  if (sum !== said) throw new TarError("the checksum of a header is wrong");
}

/** A text that a NUL or the field's end closes. */
function textAt(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** The length of a content with what fills its last record. */
export function filled(size: number): number {
  return Math.ceil(size / RECORD) * RECORD;
}

function cutOff(): TarError {
  return new TarError("it is cut off");
}

/** Bytes of a stream, in pieces of the length that is asked for. */
class Input {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** At most so many bytes, as they come; null at the end. */
  async upTo(size: number): Promise<Uint8Array | null> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return null;
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  /** Exactly so many bytes; null at the end. @throws {TarError} If it ends in the middle of them. */
  async exactly(size: number): Promise<Uint8Array | null> {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const piece = await this.upTo(size - at);
      if (piece === null && at === 0) return null;
      if (piece === null) throw cutOff();
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  async skip(size: number): Promise<void> {
    for (let left = size; left > 0;) {
      const piece = await this.upTo(left);
      if (piece === null) throw cutOff();
      left -= piece.length;
    }
  }
}

/** The content of one entry. */
class Content implements AsyncIterable<Uint8Array> {
  readonly #input: Input;
  #left: number;

  constructor(input: Input, size: number) {
    this.#input = input;
    this.#left = size;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    while (this.#left > 0) {
      const piece = await this.#input.upTo(this.#left);
      if (piece === null) throw cutOff();
      this.#left -= piece.length;
      yield piece;
    }
  }

  /** Skips what was not read. */
  async rest(): Promise<void> {
    await this.#input.skip(this.#left);
    this.#left = 0;
  }
}
