/** Length of a tar record, POSIX ustar. */
const RECORD = 512;

const decoder = new TextDecoder();

/**
 * Takes named plain files out of a tar archive.
 *
 * @param archive The archive, uncompressed.
 * @param wanted Names as the archive spells them; names longer than 100 bytes are not found.
 * @returns The files that are there, by name: copies.
 * @throws {RangeError} If the archive is damaged or cut off.
 */
export function filesInTar(
  archive: Uint8Array,
  wanted: readonly string[],
): Map<string, Uint8Array<ArrayBuffer>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  for (let at = 0; at < archive.length;) {
    const header = archive.subarray(at, at + RECORD);
    if (header[0] === 0) break; // the end is marked by empty records
    const name = textAt(header, 0, 100);
    const size = Number.parseInt(textAt(header, 124, 12).trim(), 8);
    const end = at + RECORD + size;
    if (!(end <= archive.length)) {
      throw new RangeError(`Cannot unpack '${name}': the archive is damaged or cut off`);
    }
    const type = header[156]!;
    const isFile = type === 0 || type === "0".charCodeAt(0);
    if (isFile && wanted.includes(name)) found.set(name, archive.slice(at + RECORD, end));
    at = at + RECORD + Math.ceil(size / RECORD) * RECORD;
  }
  return found;
}

/** A text that a NUL or the field's end closes. */
function textAt(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}
