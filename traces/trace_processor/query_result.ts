/** The answer to a query, piece by piece. */

import {
  decodePackedDouble,
  decodePackedInt64,
  ProtobufError,
  ProtoReader,
} from "../protobuf/proto_reader.ts";

/**
 * A value of a result.
 *
 * Integers are always bigint: timestamps and pointers need their 64 bits, and a type that depended
 * on the value would be no type. {@linkcode records} and the analysis turn them into numbers.
 */
export type SqlValue = null | bigint | number | string | Uint8Array;

/** Types of cells, QueryResult.CellsBatch.CellType. */
const NULL = 1;
const INTEGER = 2;
const DOUBLE = 3;
const STRING = 4;
const BLOB = 5;

const decoder = new TextDecoder();

/** One message of an answer. */
export interface QueryPart {
  /** Names of the columns; only in the first part. */
  readonly columns: readonly string[] | undefined;
  readonly error: string | undefined;
  /** Values row by row; rows may go on in the next part. */
  readonly cells: readonly SqlValue[];
  readonly isLast: boolean;
}

export function decodeQueryPart(result: Uint8Array): QueryPart {
  const reader = new ProtoReader(result);
  const columns: string[] = [];
  const cells: SqlValue[] = [];
  let error: string | undefined;
  let isLast = false;
  while (reader.next()) {
    if (reader.field === 1) columns.push(reader.string());
    else if (reader.field === 2) error = reader.string();
    else if (reader.field === 3) isLast = decodeBatch(reader.bytes(), cells) || isLast;
  }
  return { columns: columns.length > 0 ? columns : undefined, error, cells, isLast };
}

/** Decodes CellsBatch into `cells`; says whether it is the last. */
function decodeBatch(batch: Uint8Array, cells: SqlValue[]): boolean {
  const reader = new ProtoReader(batch);
  let types: Uint8Array = new Uint8Array();
  let isLast = false;
  let integers: bigint[] = [];
  let doubles: number[] = [];
  const blobs: Uint8Array[] = [];
  let strings: string[] = [];
  while (reader.next()) {
    if (reader.field === 1) types = reader.bytes(); // values below 128: one byte each
    else if (reader.field === 2) integers = decodePackedInt64(reader.bytes());
    else if (reader.field === 3) doubles = decodePackedDouble(reader.bytes());
    else if (reader.field === 4) blobs.push(reader.bytes().slice());
    else if (reader.field === 5) strings = decoder.decode(reader.bytes()).split("\0");
    else if (reader.field === 6) isLast = reader.number() !== 0;
  }
  const next = { integer: 0, double: 0, string: 0, blob: 0 };
  for (const type of types) {
    if (type === NULL) cells.push(null);
    else if (type === INTEGER) cells.push(present(integers[next.integer++]));
    else if (type === DOUBLE) cells.push(present(doubles[next.double++]));
    else if (type === STRING) cells.push(present(strings[next.string++]));
    else if (type === BLOB) cells.push(present(blobs[next.blob++]));
    else throw new ProtobufError(`Cannot read a result: a cell has type ${type}`);
  }
  return isLast;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new ProtobufError("Cannot read a result: it lacks values");
  return value;
}

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** A value as the analysis and JSON use it: integers that fit are numbers. */
export type PlainValue = null | bigint | number | string | Uint8Array;

/** Turns an integer into a number if none of its digits is lost. */
export function plainValue(value: SqlValue): PlainValue {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The rows of a result as objects; integers that fit into 53 bits become numbers. */
export function records(result: QueryResult): Record<string, PlainValue>[] {
  return result.rows.map((row) =>
    Object.fromEntries(result.columns.map((name, i) => [name, plainValue(row[i] ?? null)]))
  );
}
