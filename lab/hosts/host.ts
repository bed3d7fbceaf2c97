/** Hosts: what a plan can run on, and how its core is reached. */

import { type Build, findBuild } from "../../ffi/build.ts";
import { openFfiChannel } from "../../ffi/ffi_channel.ts";
import { loadLibrary } from "../../ffi/library.ts";
import { Session } from "../../ffi/session.ts";
import { nearest } from "../store/nearest.ts";
import { openCommandChannel } from "./command_channel.ts";

/** Which of the core's two doors is used. */
export type Transport = "ffi" | "agent";

/** A host that a plan can run on. */
export interface LabHost {
  readonly name: string;
  /** How it is reached; stands in run.json. */
  readonly via: "local" | "qemu" | "command";
  readonly transport: Transport;
  /** What it is, for `lab hosts`. */
  readonly description: string;
  /** Opens a session; the caller disposes of it. */
  open(): Promise<Session>;
  /** Path of an agent program on the host, which a conformance case executes. */
  helper(): Promise<string>;
}

/** A host is not known or cannot be used. */
export class HostError extends Error {
  override readonly name = "HostError";
}

async function localBuild(): Promise<Build> {
  const build = await findBuild();
  if (build) return build;
  throw new HostError(
    "Cannot use host 'local': the C core is not built. Remedy: run 'deno task build'",
  );
}

function localHost(transport: Transport): LabHost {
  return {
    name: "local",
    via: "local",
    transport,
    description: "this machine",
    async open(): Promise<Session> {
      const build = await localBuild();
      const channel = transport === "ffi"
        ? openFfiChannel(loadLibrary(build.library))
        : openCommandChannel("the local agent", [build.agent]);
      return await Session.open(channel);
    },
    async helper(): Promise<string> {
      return (await localBuild()).agent;
    },
  };
}

/** All hosts that this lab knows, in the order in which they are listed. */
export function knownHosts(transport: Transport = "ffi"): LabHost[] {
  return [localHost(transport)];
}

/** A host by name. @throws {HostError} If there is none; names the nearest ones. */
export function findHost(name: string, transport: Transport = "ffi"): LabHost {
  const hosts = knownHosts(transport);
  const host = hosts.find((one) => one.name === name);
  if (host) return host;
  const names = hosts.map((one) => one.name);
  const near = nearest(name, names, 1);
  throw new HostError(
    `Cannot find host '${name}': known hosts are ${names.join(", ")}. Remedy: ` +
      (near.length > 0 ? `did you mean '${near[0]}'?` : "see 'deno task lab hosts'"),
  );
}
