/**
 * An index as a file.
 *
 * Little-endian: magic (8 bytes), version, checksum, bytes of the description, lanes, slices,
 * operations, targets, flows, levels (each u32), 4 bytes of nothing; for each level its number and
 * its buckets (u32). Then the description as JSON, then the columns. Everything begins at a multiple
 * of 8, so that reading makes views and copies nothing.
 */

import { z } from "zod";
import { checkColumns } from "./check_columns.ts";
import type { IndexColumns } from "./columns.ts";
import { TraceIndexError } from "./errors.ts";
import type { BuiltIndex } from "./index_builder.ts";
import { traceIndexMetaSchema } from "./meta.ts";
import { MAX_LEVEL } from "./tile.ts";

/** "fenceidx". */
const MAGIC = Uint8Array.from([0x66, 0x65, 0x6e, 0x63, 0x65, 0x69, 0x64, 0x78]);
const VERSION = 1;
const HEADER_BYTES = 48;
const CHECKED_FROM = 16;
/** Longest description, bytes: of some million threads. */
const MAX_DESCRIPTION = 64 << 20;

type Column = Float64Array | Uint32Array | Uint8Array;

/** How many of everything there are. */
interface Counts {
  readonly lanes: number;
  readonly slices: number;
  readonly operations: number;
  readonly targets: number;
  readonly flows: number;
  readonly levels: readonly { level: number; buckets: number }[];
}

/** Gives the next column of a length. */
interface ColumnSource {
  times(length: number): Float64Array<ArrayBuffer>;
  numbers(length: number): Uint32Array<ArrayBuffer>;
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

/** All columns, in the order of the file: the one place that knows it. */
function columnsIn(
  source: ColumnSource,
  { lanes, slices, operations, targets, flows, levels }: Counts,
): IndexColumns {
  return {
    slices: {
      begins: source.times(slices),
      ends: source.times(slices),
      names: source.numbers(slices),
      marks: source.bytes(slices),
    },
    lanes: {
      rows: source.numbers(lanes),
      depths: source.numbers(lanes),
      firsts: source.numbers(lanes + 1),
    },
    operations: {
      ids: source.times(operations),
      cpus: source.numbers(operations),
      sends: source.numbers(operations),
      kept: source.bytes(operations),
      targetFirsts: source.numbers(operations + 1),
      targets: source.numbers(targets),
    },
    flows: {
      sent: source.times(flows),
      arrived: source.times(flows),
      fromRows: source.numbers(flows),
      toRows: source.numbers(flows),
      fromSlices: source.numbers(flows),
      toSlices: source.numbers(flows),
    },
    levels: levels.map(({ level, buckets }) => ({
      level,
      firsts: source.numbers(lanes + 1),
      buckets: source.numbers(buckets),
      counts: source.numbers(buckets),
      names: source.numbers(buckets),
      busy: source.bytes(buckets),
    })),
  };
}

/** Columns one behind the other in a buffer. */
class Places implements ColumnSource {
  constructor(private readonly buffer: ArrayBuffer, public at: number) {}

  times(length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.buffer, this.#take(8 * length), length);
  }

  numbers(length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.buffer, this.#take(4 * length), length);
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer, this.#take(length), length);
  }

  #take(bytes: number): number {
    const at = this.at;
    this.at = aligned(at + bytes);
    return at;
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Bytes of all columns. */
function columnBytes(counts: Counts): number {
  let sum = 0;
  const nothing = new ArrayBuffer(0);
  const add = (bytes: number): void => void (sum += aligned(bytes));
  columnsIn({
    times: (length) => (add(8 * length), new Float64Array(nothing)),
    numbers: (length) => (add(4 * length), new Uint32Array(nothing)),
    bytes: (length) => (add(length), new Uint8Array(nothing)),
  }, counts);
  return sum;
}

/** Columns in the order of the file. */
function listed({ slices, lanes, operations, flows, levels }: IndexColumns): Column[] {
  return [slices, lanes, operations, flows, ...levels].flatMap((table) =>
    Object.values(table).filter((column) => typeof column !== "number")
  );
}

/** An index as bytes. */
export function encodeIndex({ meta, columns }: BuiltIndex): Uint8Array<ArrayBuffer> {
  const description = new TextEncoder().encode(JSON.stringify(meta));
  const { lanes, slices, operations, flows, levels } = columns;
  const counts: Counts = {
    lanes: lanes.rows.length,
    slices: slices.begins.length,
    operations: operations.ids.length,
    targets: operations.targets.length,
    flows: flows.sent.length,
    levels: levels.map(({ level, buckets }) => ({ level, buckets: buckets.length })),
  };
  const describedAt = HEADER_BYTES + 8 * levels.length;
  const columnsAt = aligned(describedAt + description.length);
  const file = new Uint8Array(columnsAt + columnBytes(counts));
  const header = new Uint32Array(file.buffer);
  file.set(MAGIC);
  header.set([VERSION, 0, description.length, counts.lanes, counts.slices], 2);
  header.set([counts.operations, counts.targets, counts.flows, levels.length], 7);
  header.set(counts.levels.flatMap(({ level, buckets }) => [level, buckets]), HEADER_BYTES / 4);
  file.set(description, describedAt);
  const target = listed(columnsIn(new Places(file.buffer, columnsAt), counts));
  listed(columns).forEach((column, index) => target[index]!.set(column));
  header[3] = checksum(file.buffer);
  return file;
}

/**
 * Reads an index; its columns are views of the bytes.
 *
 * @throws {TraceIndexError} If the bytes are no index, of another version, cut off, damaged, or say
 * what cannot be. Nothing larger than the bytes themselves is made.
 */
export function decodeIndex(file: Uint8Array<ArrayBuffer>): BuiltIndex {
  const bytes = file.byteOffset % 8 === 0 ? file : file.slice();
  if (bytes.length < HEADER_BYTES || MAGIC.some((byte, index) => bytes[index] !== byte)) {
    throw unreadable(
      "it should begin with 'fenceidx' and does not, so it is another file or damaged",
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (index: number): number => view.getUint32(4 * index, true);
  if (word(2) !== VERSION) {
    throw unreadable(`it has version ${word(2)}, this fencelab reads ${VERSION}`);
  }
  const levelCount = word(10);
  const describedAt = HEADER_BYTES + 8 * levelCount;
  const columnsAt = aligned(describedAt + word(4));
  if (levelCount > MAX_LEVEL || columnsAt > bytes.length) {
    throw unreadable("it ends before its columns do, so it was cut off");
  }
  if (word(4) > MAX_DESCRIPTION) {
    throw unreadable(
      `its description has ${word(4)} bytes, at most ${MAX_DESCRIPTION} are read`,
    );
  }
  const counts: Counts = {
    lanes: word(5),
    slices: word(6),
    operations: word(7),
    targets: word(8),
    flows: word(9),
    levels: Array.from({ length: levelCount }, (_, index) => ({
      level: word(HEADER_BYTES / 4 + 2 * index),
      buckets: word(HEADER_BYTES / 4 + 2 * index + 1),
    })),
  };
  const wanted = columnsAt + columnBytes(counts);
  if (wanted !== bytes.length) {
    throw unreadable(`it should have ${wanted} bytes and has ${bytes.length}`);
  }
  if (checksum(bytes.buffer, bytes.byteOffset, bytes.length) !== word(3)) {
    throw unreadable("its checksum is wrong, so it was damaged");
  }
  const described = bytes.subarray(describedAt, describedAt + word(4));
  const meta = readMeta(described);
  const places = new Places(bytes.buffer, bytes.byteOffset + columnsAt);
  const index = { meta, columns: columnsIn(places, counts) };
  checkColumns(index);
  return index;
}

function readMeta(bytes: Uint8Array): BuiltIndex["meta"] {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw unreadable("its description should be JSON and is not, so it was damaged", cause);
  }
  const result = traceIndexMetaSchema.safeParse(json);
  if (result.success) return result.data;
  throw unreadable(z.prettifyError(result.error).slice(0, 500), result.error);
}

/** Of everything behind itself, word by word (FNV-1a, on 32 bits at a time). */
function checksum(buffer: ArrayBuffer, offset = 0, length = buffer.byteLength): number {
  const words = new Uint32Array(buffer, offset + CHECKED_FROM, (length - CHECKED_FROM) >>> 2);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  return hash >>> 0;
}

function unreadable(why: string, cause?: unknown): TraceIndexError {
  return new TraceIndexError(`Cannot read a trace index: ${why}`, { cause });
}
