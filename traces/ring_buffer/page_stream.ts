/** Cuts a stream of chunks into pages of equal size, wherever the chunks are split. */

/** One page of a stream. */
export interface RawPage {
  /** Its bytes; fewer than a page for the rest of a truncated stream. Valid until the next one. */
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Counted from 0. */
  readonly number: number;
}

/**
 * Gives the pages of a stream in batches, one per chunk, without a promise for each page.
 *
 * Pages that lie whole in a chunk are not copied. A batch must be gone through before the next.
 *
 * @param chunks Raw sub-buffer pages, one after the other.
 * @param pageBytes Size of a page in bytes.
 */
export async function* readPageBatches(
  chunks: AsyncIterable<Uint8Array>,
  pageBytes: number,
): AsyncGenerator<Iterable<RawPage>> {
  let rest: Uint8Array = new Uint8Array(0);
  let number = 0;
  for await (const chunk of chunks) {
    let at = 0;
    if (rest.length > 0) {
      at = Math.min(pageBytes - rest.length, chunk.length);
      rest = join(rest, chunk.subarray(0, at));
      if (rest.length < pageBytes) continue;
      yield [rawPage(rest, number++)];
      rest = new Uint8Array(0);
    }
    const whole = Math.floor((chunk.length - at) / pageBytes);
    if (whole > 0) yield cut(chunk.subarray(at, at + whole * pageBytes), pageBytes, number);
    number += whole;
    rest = chunk.slice(at + whole * pageBytes);
  }
  if (rest.length > 0) yield [rawPage(rest, number)];
}

function* cut(chunk: Uint8Array, pageBytes: number, first: number): Generator<RawPage> {
  for (let at = 0; at < chunk.length; at += pageBytes) {
    yield rawPage(chunk.subarray(at, at + pageBytes), first + at / pageBytes);
  }
}

function rawPage(bytes: Uint8Array, number: number): RawPage {
  return { bytes, number, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
