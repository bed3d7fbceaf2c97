/** `lab show`: a stored run again, or the list of the store. */

import { printable } from "../text/printable.ts";
import { renderRun } from "../show/run.ts";
import { renderRunList } from "./run_list.ts";
import { RunStore } from "../store/run_store.ts";
import type { CommandLine } from "./parse.ts";
import { storeDirectory, userPath } from "./paths.ts";
import { print, renderOptions, say } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

const DEFAULT_LIMIT = 20;

/** Runs the command. @returns The exit code. */
export function showCommand(line: CommandLine): number {
  const store = new RunStore(storeDirectory(line.value("out")));
  const [reference] = line.positionals;
  if (reference === undefined) return list(store, line);
  const { run, path } = store.load(reference.includes("/") ? userPath(reference) : reference);
  if (line.has("json")) {
    print(`${JSON.stringify(run)}\n`);
    return 0;
  }
  print(`${renderRun(run, renderOptions(line.has("all")))}\n`);
  for (const problem of store.verify(path)) say(`Note: ${printable(problem.message)}`);
  return 0;
}

function list(store: RunStore, line: CommandLine): number {
  const rows = store.list({ limit: limitOf(line.value("limit")) });
  if (line.has("json")) {
    print(`${JSON.stringify(rows)}\n`);
    return 0;
  }
  if (rows.length === 0) {
    print(`No runs in ${printable(store.dir)}\nMake one: deno task lab\n`);
    return 0;
  }
  print(`${renderRunList(rows, renderOptions())}\n`);
  return 0;
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UsageError(`Cannot use --limit '${text}': expected a number from 1 to 9999999`);
}
