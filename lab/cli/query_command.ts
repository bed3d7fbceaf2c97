/** `lab query`: PerfettoSQL on a trace. */

import { loadTrace } from "../experiments/capture/analyse.ts";
import { printable } from "../text/printable.ts";
import { type Column, renderTable } from "../document/table.ts";
import { RunStore } from "../store/run_store.ts";
import { tracesOf } from "../store/write_run.ts";
import { openTraceProcessor } from "../places/traces_files.ts";
import { engineOf } from "./engine.ts";
import type { CommandLine } from "./parse.ts";
import { storeDirectory, userPath } from "./paths.ts";
import { print, renderOptions, say } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

type Cell = string | number | bigint | null | Uint8Array;

/** Runs the command. @returns The exit code. */
export async function queryCommand(line: CommandLine): Promise<number> {
  const [trace, sql] = line.positionals;
  const path = tracePath(trace!, line);
  const processor = await openTraceProcessor(engineOf(line));
  try {
    await loadTrace(processor, path);
    const { columns, rows } = await processor.query(sql!);
    if (line.has("json")) {
      print(`${JSON.stringify(rows.map((row) => objectOf(columns, row)))}\n`);
      return 0;
    }
    const shown: Column<readonly Cell[]>[] = columns.map((title, place) => ({
      title: printable(title),
      right: rows.some((row) => typeof row[place] === "bigint" || typeof row[place] === "number"),
      text: (row) => textOf(row[place] ?? null),
    }));
    print(`${renderTable(shown, rows, renderOptions())}\n`);
    say(`${rows.length} row${rows.length === 1 ? "" : "s"}`);
    return 0;
  } finally {
    processor.close();
  }
}

/** A file, or a run whose trace is meant. */
function tracePath(reference: string, line: CommandLine): string {
  const path = userPath(reference);
  try {
    if (Deno.statSync(path).isFile) return path;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const store = new RunStore(storeDirectory(line.value("out")));
  const stored = store.load(reference.includes("/") ? path : reference);
  const [trace] = tracesOf(stored.run);
  if (trace !== undefined) return `${stored.path}/${trace}`;
  throw new UsageError(
    `Cannot query run '${stored.run.id}': it has no trace. ` +
      "Remedy: make one with 'deno task lab run --experiment capture'",
  );
}

/** Integers beyond 2^53 become text, since JSON numbers would lose digits. */
function objectOf(columns: readonly string[], row: readonly Cell[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((name, place) => {
    const cell = row[place] ?? null;
    if (typeof cell !== "bigint") return [name, cell instanceof Uint8Array ? cell.toHex() : cell];
    return [name, Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell)];
  }));
}

function textOf(cell: Cell): string {
  if (cell === null) return "NULL";
  return cell instanceof Uint8Array ? `x'${cell.toHex()}'` : String(cell);
}
