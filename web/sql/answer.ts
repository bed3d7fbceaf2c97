/** The answer to SQL, within limits. */

import type { TraceProcessor } from "../../traces/trace_processor/client.ts";
import { plainValue, type SqlValue } from "../../traces/trace_processor/query_result.ts";

/** Most rows of an answer. */
export const MAX_ROWS = 10_000;
/** Largest answer, in bytes of JSON, roughly. */
export const MAX_BYTES = 8 * 1024 * 1024;
/** Longest text of an answer, in characters; blobs are texts of hexadecimal digits. */
export const MAX_TEXT = 10_000;

/** A value in JSON: integers beyond 2^53 are decimal texts, blobs hexadecimal ones. */
export type JsonValue = null | number | string;

/** What is missing in an answer. */
export interface Truncation {
  /** Whether rows are missing since there are more than {@linkcode MAX_ROWS}. */
  readonly rows: boolean;
  /** Whether rows are missing since they are too large together. */
  readonly bytes: boolean;
  /** How many texts were cut. */
  readonly texts: number;
}

/** The answer to SQL. */
export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly JsonValue[])[];
  /** Null if nothing is missing. */
  readonly truncated: Truncation | null;
  /** Of the query alone, without loading the trace and waiting. */
  readonly elapsedMs: number;
}

/** An answer that is ready, and what is still to be done before the next question. */
export interface PendingAnswer {
  readonly answer: SqlAnswer;
  /** Settled when the engine has said all that it had to say. */
  readonly drained: Promise<unknown>;
}

/** Asks, and takes as much of the answer as the limits allow. */
export async function askSql(processor: TraceProcessor, sql: string): Promise<PendingAnswer> {
  const begin = performance.now();
  const builder = new AnswerBuilder();
  const parts = processor.parts(sql);
  let columns: readonly string[] = [];
  for (let part; !(part = await parts.next()).done && !builder.full;) {
    columns = part.value.columns;
    for (const row of part.value.rows) builder.add(row);
  }
  const elapsedMs = performance.now() - begin;
  const { rows, truncated } = builder;
  return { answer: { columns, rows, truncated, elapsedMs }, drained: parts.return() };
}

class AnswerBuilder {
  readonly rows: JsonValue[][] = [];
  /** Whether there is no room for another row; at least one was left out. */
  full = false;
  #bytes = 0;
  #texts = 0;
  #tooLarge = false;

  add(values: readonly SqlValue[]): void {
    if (this.full) return;
    if (this.rows.length === MAX_ROWS) {
      this.full = true;
      return;
    }
    const row = values.map((value) => this.#cut(jsonValue(value)));
    this.#bytes += row.reduce<number>((sum, value) => sum + sizeOf(value), 2);
    if (this.#bytes > MAX_BYTES) this.full = this.#tooLarge = true;
    else this.rows.push(row);
  }

  get truncated(): Truncation | null {
    if (!this.full && this.#texts === 0) return null;
    return { rows: this.full && !this.#tooLarge, bytes: this.#tooLarge, texts: this.#texts };
  }

  #cut(value: JsonValue): JsonValue {
    if (typeof value !== "string" || value.length <= MAX_TEXT) return value;
    this.#texts++;
    // Half a surrogate pair would be no character
    return value.slice(0, MAX_TEXT).replace(/[\ud800-\udbff]$/, "");
  }
}

function jsonValue(value: SqlValue): JsonValue {
  const plain = plainValue(value);
  if (typeof plain === "bigint") return plain.toString();
  // JSON knows no infinity
  if (typeof plain === "number" && !Number.isFinite(plain)) return String(plain);
  // One byte more than is shown tells that there is more
  if (plain instanceof Uint8Array) return plain.subarray(0, MAX_TEXT / 2 + 1).toHex();
  return plain;
}

function sizeOf(value: JsonValue): number {
  // Most characters are ASCII; what is escaped or not ASCII takes more, at most six bytes
  return typeof value === "string" ? value.length + 3 : 12;
}
