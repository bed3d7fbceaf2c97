/** The hosts of a hosts file. */

import type { UserSource } from "../../../ffi/user_source.ts";
import type { LabHost } from "../host.ts";
import { HostError } from "../../format/host_error.ts";
import { parseHostsFile } from "./hosts_file.ts";
import { builtAgents, machineHost } from "./machine_host.ts";

/**
 * Reads a hosts file.
 *
 * @param user Techniques of the user's own.
 * @throws {HostError} If it cannot be read (its cause is then Deno's error) or is no hosts file.
 */
export async function readMachines(
  path: string,
  user: readonly UserSource[] = [],
): Promise<LabHost[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HostError(
      `Cannot read the hosts file '${path}': ${why}. Remedy: name an existing one by --hosts`,
      { cause },
    );
  }
  return parseHostsFile(text, path).map((entry) => machineHost(entry, builtAgents(user)));
}
