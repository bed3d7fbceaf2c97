import { csvField } from "../../lab/text/csv_field.ts";
import type { JsonValue, SqlAnswer } from "./answer.ts";

/** An answer as CSV (RFC 4180); texts that spreadsheets would run are made harmless. */
export function answerAsCsv({ columns, rows }: Pick<SqlAnswer, "columns" | "rows">): string {
  const field = (value: JsonValue): string =>
    value === null ? "" : typeof value === "number" ? String(value) : text(value);
  return [columns, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/** Wide integers are texts, but no formula can be made of digits. */
function text(value: string): string {
  return /^-?\d+$/.test(value) ? value : csvField(value);
}
