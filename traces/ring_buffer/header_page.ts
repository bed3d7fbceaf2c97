import { RingBufferError } from "./errors.ts";

/** Smallest and largest size of a sub-buffer page, bytes (kernel/trace/ring_buffer.c: order <= 10). */
const PAGE_BYTES_MIN = 64;
const PAGE_BYTES_MAX = 4 << 20;

/** Where things are in a raw sub-buffer page, in bytes from its begin. */
export interface PageLayout {
  /** Time stamp of the page: always 8 bytes (struct buffer_data_page, kernel/trace/ring_buffer.c). */
  readonly timestampOffset: number;
  /** The commit word: `local_t`, so 4 bytes on 32-bit kernels and 8 on others. */
  readonly commitOffset: number;
  readonly commitBytes: 4 | 8;
  /** Begin of the events. */
  readonly dataOffset: number;
  readonly dataBytes: number;
  /** Whole page as `trace_pipe_raw` gives it. */
  readonly pageBytes: number;
  readonly littleEndian: boolean;
}

/**
 * Reads tracefs' `events/header_page`.
 *
 * @param text The whole file.
 * @param littleEndian Byte order of the machine that recorded.
 * @throws {RingBufferError} If a field is missing or its place makes no sense.
 */
export function parseHeaderPage(text: string, littleEndian: boolean): PageLayout {
  const timestamp = field(text, "timestamp");
  const commit = field(text, "commit");
  const data = field(text, "data");
  const layout = {
    timestampOffset: timestamp.offset,
    commitOffset: commit.offset,
    commitBytes: commit.size as 4 | 8,
    dataOffset: data.offset,
    dataBytes: data.size,
    pageBytes: data.offset + data.size,
    littleEndian,
  };
  if (timestamp.size !== 8 || (commit.size !== 4 && commit.size !== 8)) {
    throw new RingBufferError(
      `Cannot read header_page: a time stamp of ${timestamp.size} and a commit word of ` +
        `${commit.size} bytes, expected 8, and 4 or 8`,
    );
  }
  const { pageBytes } = layout;
  const fits = timestamp.offset + 8 <= data.offset && commit.offset + commit.size <= data.offset;
  if (!fits || pageBytes < PAGE_BYTES_MIN || pageBytes > PAGE_BYTES_MAX || pageBytes % 4 !== 0) {
    throw new RingBufferError(
      `Cannot read header_page: pages of ${pageBytes} bytes with data at ${data.offset}. ` +
        "Remedy: take the whole file with one read, its second read gives nothing",
    );
  }
  return layout;
}

function field(text: string, name: string): { offset: number; size: number } {
  const pattern = new RegExp(
    `^\\s*field:\\s*[^;\\n]*\\b${name};\\s*offset:(\\d{1,9});\\s*size:(\\d{1,9});`,
    "m",
  );
  const found = pattern.exec(text);
  if (found === null) {
    throw new RingBufferError(
      `Cannot read header_page: field '${name}' is missing in ${text.length} characters. ` +
        "Remedy: take the whole file with one read, its second read gives nothing",
    );
  }
  return { offset: Number(found[1]), size: Number(found[2]) };
}
