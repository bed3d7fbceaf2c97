/**
 * Writes archives in the ustar format (POSIX.1-2017, pax, "ustar Interchange Format"); what does not
 * fit its fields goes into an extended header of pax, which GNU tar reads, too.
 */

import { filled, RECORD } from "./tar_reader.ts";

/** A file of an archive. */
export interface TarFile {
  /** Its path in the archive. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last changed, seconds since 1970. */
  readonly modified: number;
  /** Its content; not called before its turn. */
  open(): Promise<AsyncIterable<Uint8Array>> | AsyncIterable<Uint8Array>;
}

/** The greatest size that eleven octal digits hold. */
const LARGEST = 8 ** 11 - 1;
/** Bytes of the field for names. */
const NAME = 100;

/** Length of the archive in bytes, for a client that wants to know it beforehand. */
export function tarSize(entries: readonly TarFile[]): number {
  const sizes = entries.map((entry) => headersOf(entry).length + filled(entry.size));
  return sizes.reduce((sum, size) => sum + size, 2 * RECORD);
}

/**
 * The bytes of an archive.
 *
 * @throws {Error} If a file has another length than its entry says: it changed meanwhile.
 */
export async function* tarBytes(entries: readonly TarFile[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    yield headersOf(entry);
    let written = 0;
    for await (const bytes of await entry.open()) {
      written += bytes.length;
      if (written > entry.size) break;
      yield bytes;
    }
    if (written !== entry.size) {
      throw new Error(`Cannot archive '${entry.name}': its size changed while it was read`);
    }
    yield new Uint8Array(filled(entry.size) - entry.size);
  }
  yield new Uint8Array(2 * RECORD);
}

/** The header of an entry, after an extended one where that is needed. */
function headersOf({ name, size, modified }: TarFile): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  const records = [
    ...bytes.length > NAME ? [record("path", name)] : [],
    ...size > LARGEST ? [record("size", String(size))] : [],
  ].join("");
  const own = header(bytes.subarray(0, NAME), Math.min(size, LARGEST), modified, "0");
  if (records === "") return own;
  const content = new TextEncoder().encode(records);
  const extended = new Uint8Array(RECORD + filled(content.length) + RECORD);
  extended.set(header(new TextEncoder().encode("pax"), content.length, modified, "x"));
  extended.set(content, RECORD);
  extended.set(own, extended.length - RECORD);
  return extended;
}

/** "LENGTH KEY=VALUE\n", where the length counts itself. */
function record(key: string, value: string): string {
  const rest = new TextEncoder().encode(` ${key}=${value}\n`).length;
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** Fields at their offsets; see the table in the specification. */
function header(name: Uint8Array, size: number, modified: number, type: "0" | "x"): Uint8Array {
  const block = new Uint8Array(RECORD);
  const put = (offset: number, text: string): void =>
    void new TextEncoder().encodeInto(text, block.subarray(offset));
  const octal = (value: number, digits: number): string =>
    Math.floor(value).toString(8).padStart(digits, "0");
  block.set(name, 0);
  put(100, octal(0o644, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(Math.max(0, modified), 11));
  put(148, " ".repeat(8));
  put(156, type);
  put(257, "ustar\0" + "00");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(sum, 6)}\0 `);
  return block;
}
