/** Which trace processor a command line asks for. */

import { defined } from "../format/defined.ts";
import type { EngineOptions } from "../places/traces_files.ts";
import type { CommandLine } from "./parse.ts";
import { userPath } from "./paths.ts";
import { UsageError } from "./usage_error.ts";

/** Reads `--engine` and `--engine-files`. */
export function engineOf(line: CommandLine): EngineOptions {
  const engine = line.value("engine") ?? "auto";
  if (engine !== "auto" && engine !== "wasm" && engine !== "native") {
    throw new UsageError(`Cannot use --engine '${engine}': expected auto, wasm or native`);
  }
  const files = line.value("engine-files");
  return { engine, ...defined({ files: files && userPath(files) }) };
}
