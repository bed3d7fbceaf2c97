/** Hosts that a command line names, and what they are made with. */

import { defined } from "../format/defined.ts";
import type { UserSource } from "../../ffi/user_source.ts";
import { cacheDirectory } from "../places/cache_directory.ts";
import type { LabHost } from "../hosts/host.ts";
import { HostError } from "../format/host_error.ts";
import { readMachines } from "../hosts/machine/machines.ts";
import { findHost, type HostContext } from "../hosts/registry.ts";
import type { CommandLine } from "./parse.ts";
import { projectDirectory, userPath } from "./paths.ts";
import { transportOf } from "./run_options.ts";
import { techniqueSourcesOf } from "./technique_sources.ts";

/** The hosts file that a command line names, or the project's. */
export function hostsFile(line: CommandLine): { path: string; named: boolean } {
  const named = line.value("hosts");
  return named === undefined
    ? { path: `${projectDirectory}hosts.json`, named: false }
    : { path: userPath(named), named: true };
}

/**
 * What hosts are made with.
 *
 * @param launcher Process id of the launcher, which names sockets; see {@linkcode qmpSocket}.
 * @param slot Sets guests of one command line apart.
 */
export async function hostContext(
  line: CommandLine,
  launcher: number,
  slot = 0,
): Promise<HostContext> {
  const cache = cacheDirectory();
  const user = await techniqueSourcesOf(line);
  return {
    transport: transportOf(line),
    user,
    guests: cache === null ? null : {
      cache,
      slot: `${launcher}-${slot}`,
      user,
      ...defined({ mirror: line.value("mirror") }),
    },
    machines: await machinesOf(line, user),
  };
}

/** A hosts file that nobody named may be missing. */
async function machinesOf(
  line: CommandLine,
  user: readonly UserSource[],
): Promise<LabHost[]> {
  const { path, named } = hostsFile(line);
  try {
    return await readMachines(path, user);
  } catch (error) {
    const missing = error instanceof HostError && error.cause instanceof Deno.errors.NotFound;
    if (missing && !named) return [];
    throw error;
  }
}

/** The hosts of a command line, each once, in their order. @throws {HostError} If one is not known. */
export async function hostsOf(line: CommandLine, launcher: number): Promise<LabHost[]> {
  return await Promise.all(
    [...new Set(namesOf(line))].map(async (name, slot) =>
      findHost(name, await hostContext(line, launcher, slot))
    ),
  );
}

function namesOf(line: CommandLine): readonly string[] {
  const [action, ...names] = line.positionals;
  if (line.command.name === "hosts") return action === "prepare" ? names : [];
  return line.values("host").length > 0 ? line.values("host") : ["local"];
}
