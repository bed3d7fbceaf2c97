/** The host `local`: this machine, by FFI or by its agent. */

import { type Build, findBuild } from "../../ffi/build.ts";
import { openFfiChannel } from "../../ffi/ffi_channel.ts";
import { loadLibrary } from "../../ffi/library.ts";
import { Session } from "../../ffi/session.ts";
import { localArchitecture } from "../../ffi/toolchain.ts";
import type { UserSource } from "../../ffi/user_source.ts";
import { openCommandChannel } from "./command_channel.ts";
import type { Connection, LabHost, Transport } from "./host.ts";
import { HostError } from "../format/host_error.ts";

/** What hosts on this machine occupy. */
export const THIS_MACHINE = "this machine";

async function localBuild(user: readonly UserSource[]): Promise<Build> {
  const build = await findBuild(undefined, user);
  if (build) return build;
  throw new HostError(
    "Cannot use host 'local': the C core is not built. Remedy: run 'deno task build'",
  );
}

/**
 * This machine.
 *
 * @param user Techniques of the user's own.
 */
export function localHost(
  transport: Transport = "ffi",
  user: readonly UserSource[] = [],
): LabHost {
  return {
    name: "local",
    via: "local",
    transport,
    description: "this machine",
    labels: {},
    occupies: { machine: THIS_MACHINE, cpus: null },
    cpus: null,
    housekeeping: null,
    needs: {
      architectures: [localArchitecture()],
      anyArchitecture: false,
      programs: [],
      reads: [],
      sockets: [],
      cache: false,
    },
    async commands(): Promise<string[][]> {
      return transport === "ffi" ? [] : [[(await localBuild(user)).agent]];
    },
    async open(): Promise<Connection> {
      const build = await localBuild(user);
      const channel = transport === "ffi"
        ? openFfiChannel(loadLibrary(build.library))
        : openCommandChannel("the local agent", [build.agent]);
      const session = await Session.open(channel);
      return {
        session,
        helper: build.agent,
        knowledge: {},
        guest: null,
        console: null,
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
  };
}
