/** Reading rows of known shape out of an answer. */

import { EngineError } from "../trace_processor/errors.ts";
import type { QueryResult, SqlValue } from "../trace_processor/query_result.ts";

/** Turns a value into what a column promises; `undefined` if it is something else. */
export type Column<T> = (value: SqlValue) => T | undefined;

/** What rows of these columns look like. */
export type RowOf<Columns> = {
  readonly [Name in keyof Columns]: Columns[Name] extends Column<infer T> ? T : never;
};

/** A text. */
export function text(value: SqlValue): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A number; integers beyond 2^53 do not pass. */
export function number(value: SqlValue): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "bigint") return undefined;
  const converted = Number(value);
  return Number.isSafeInteger(converted) ? converted : undefined;
}

/** A time of CLOCK_BOOTTIME in ns, or another integer that needs its 64 bits. */
export function wide(value: SqlValue): bigint | undefined {
  return typeof value === "bigint" ? value : undefined;
}

/** 0 or 1. */
export function flag(value: SqlValue): boolean | undefined {
  return value === 0n ? false : value === 1n ? true : undefined;
}

/** CPUs such as "1,3"; none is "". */
export function cpuList(value: SqlValue): readonly number[] | undefined {
  if (typeof value !== "string") return undefined;
  return value === "" ? [] : value.split(",").map(Number);
}

/** What may be missing. */
export function optional<T>(column: Column<T>): Column<T | null> {
  return (value) => value === null ? null : column(value);
}

/**
 * The rows of an answer as objects of known shape.
 *
 * @param columns Readers by the names that the query gives its columns.
 * @throws {EngineError} If a column is missing or holds something else.
 */
export function readRows<Columns extends Readonly<Record<string, Column<unknown>>>>(
  result: QueryResult,
  columns: Columns,
): RowOf<Columns>[] {
  const readers = Object.entries(columns).map(([name, read]) => {
    const at = result.columns.indexOf(name);
    if (at < 0) throw new EngineError(`Cannot read the answer: it has no column '${name}'`);
    return { name, read, at };
  });
  return result.rows.map((row) =>
    Object.fromEntries(readers.map(({ name, read, at }) => {
      const value = read(row[at] ?? null);
      if (value === undefined) {
        throw new EngineError(`Cannot read the answer: column '${name}' holds ${row[at]}`);
      }
      return [name, value];
    })) as RowOf<Columns>
  );
}

/** A text as a literal of SQL. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
