/** `lab show`: a stored run again, or the list of the store. */

import { printable } from "../text/printable.ts";
import { renderRun } from "../show/run.ts";
import { renderRunList } from "./run_list.ts";
import { RunStore } from "../store/run_store.ts";
import { numberOption } from "./number_option.ts";
import type { CommandLine } from "./parse.ts";
import { storeDirectory, userPath } from "./paths.ts";
import { print, renderOptions, say } from "./terminal.ts";

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
  const rows = store.list({ limit: numberOption(line, "limit", [1, 9_999_999]) ?? DEFAULT_LIMIT });
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
