/** Deno permissions that a command line calls for. */

import { findBuild } from "../../ffi/build.ts";
import type { CommandLine } from "./parse.ts";
import { projectDirectory, storeDirectory, userPath } from "./paths.ts";

/** Environment variables that the lab looks at. */
const VARIABLES = [
  "PATH",
  "INIT_CWD",
  "NO_COLOR",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "FENCELAB_BUILD_ERROR",
];

/**
 * The `--allow-…` flags for the lab's process.
 *
 * @param line The parsed command line; `null` when it cannot be understood, which
 * needs no more than to say so.
 */
export async function permissionsFor(line: CommandLine | null): Promise<string[]> {
  const flags = [`--allow-env=${VARIABLES.join(",")}`];
  if (line === null || line.help) return flags;
  const read = [projectDirectory, ...namedPaths(line)];
  const write = writesStore(line) ? [storeDirectory(line.value("out"))] : [];
  if (["run", "doctor"].includes(line.command.name)) {
    flags.push(`--allow-ffi=${projectDirectory}build`);
  }
  if (line.command.name === "doctor") read.push(...searchPath());
  if (line.value("transport") === "agent") {
    const build = await findBuild();
    if (build) flags.push(`--allow-run=${build.agent}`);
  }
  flags.push(`--allow-read=${list([...read, ...write])}`);
  if (write.length > 0) flags.push(`--allow-write=${list(write)}`);
  return flags;
}

/** `show` writes too: the store's index. */
function writesStore(line: CommandLine): boolean {
  return line.command.options.some((option) => option.name === "out");
}

function namedPaths(line: CommandLine): string[] {
  const byOption = line.command.options.filter((option) => option.path === "read")
    .flatMap((option) => line.values(option.name));
  return [...byOption, ...line.positionals].map(userPath);
}

function searchPath(): string[] {
  return (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder.startsWith("/"));
}

/** Deno splits these lists at commas; a comma in a path is written twice. */
function list(paths: readonly string[]): string {
  return [...new Set(paths)].map((path) => path.replaceAll(",", ",,")).join(",");
}
