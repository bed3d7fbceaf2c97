/** Hosts by name: this machine, emulated ones, and those of a hosts file. */

import type { UserSource } from "../../ffi/user_source.ts";
import { nearest } from "../text/nearest.ts";
import { GUEST_NAMES, isGuestName, parseGuestName } from "./guest/guest_name.ts";
import { type GuestContext, guestHost } from "./guest/guest_host.ts";
import type { LabHost, Transport } from "./host.ts";
import { HostError } from "../format/host_error.ts";
import { localHost } from "./local_host.ts";

/** What hosts are made with. */
export interface HostContext {
  readonly transport: Transport;
  /** Techniques of the user's own, compiled into what hosts run. */
  readonly user: readonly UserSource[];
  /** What guests need; without it (no cache directory) they cannot be used. */
  readonly guests: GuestContext | null;
  /** Hosts of a hosts file. */
  readonly machines: readonly LabHost[];
}

/** Names of hosts that need no hosts file. */
export const BUILT_IN = ["local", ...Object.keys(GUEST_NAMES)] as const;

/** All hosts with a plain name, in the order in which they are listed. */
export function knownHosts(context: HostContext): LabHost[] {
  const guests = context.guests === null ? [] : Object.keys(GUEST_NAMES);
  return [
    localHost(context.transport, context.user),
    ...guests.map((name) => guestHost(parseGuestName(name), context.guests!)),
    ...context.machines,
  ];
}

/** A host by name. @throws {HostError} If there is none; names the nearest ones. */
export function findHost(name: string, context: HostContext): LabHost {
  if (name === "local") return localHost(context.transport, context.user);
  if (isGuestName(name)) return guestHost(parseGuestName(name), guestContext(name, context));
  const machine = context.machines.find((one) => one.name === name);
  if (machine) return machine;
  const names = [...BUILT_IN, ...context.machines.map((one) => one.name)];
  const near = nearest(name, names, 1);
  throw new HostError(
    `Cannot find host '${name}': known hosts are ${names.join(", ")}. Remedy: ` +
      (near.length > 0
        ? `did you mean '${near[0]}'?`
        : "see 'deno task lab hosts', or name a file by --hosts"),
  );
}

function guestContext(name: string, { guests }: HostContext): GuestContext {
  if (guests !== null) return guests;
  throw new HostError(
    `Cannot use host '${name}': there is no place for kernels, since neither XDG_CACHE_HOME nor ` +
      "HOME is set. Remedy: set one",
  );
}
