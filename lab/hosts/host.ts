/** Hosts: what a plan can run on, and how its core is reached. */

import type { Architecture } from "../../ffi/toolchain.ts";
import type { Session } from "../../ffi/session.ts";
import type { HostKnowledge } from "../environment/environment.ts";
import type { Guest } from "../format/host_schema.ts";

/** Which of the core's two doors is used. */
export type Transport = "ffi" | "agent";

/** What opening a host is accompanied by. */
export interface OpenOptions {
  readonly signal?: AbortSignal;
  /** Told what is being done: booting takes seconds, fetching a kernel minutes. */
  readonly onProgress?: (label: string) => void;
  /** Told what the user should know later, too: a sentence that stays. */
  readonly onNotice?: (text: string) => void;
  /** Who opens it, for whoever finds it taken; printable ASCII. */
  readonly owner?: string;
}

/** An open host. Disposing of it ends everything that was started there. */
export interface Connection extends AsyncDisposable {
  readonly session: Session;
  /** Path of an agent program on the host, which a conformance case executes. */
  readonly helper: string;
  /** What is known before the host is asked. */
  readonly knowledge: HostKnowledge;
  /** How an emulated guest was started; `null` for other hosts. */
  readonly guest: Guest | null;
  /** The end of its console as a sentence for an error; `null` for hosts without one. */
  readonly console: (() => Promise<string>) | null;
}

/** CPUs that a host occupies while it runs a plan. */
export interface Occupied {
  /** Hosts on different machines do not disturb each other. */
  readonly machine: string;
  /** CPUs of that machine; `null` for all. */
  readonly cpus: readonly number[] | null;
}

/** What the launcher builds and grants for a host before it is opened. */
export interface HostNeeds {
  /** Architectures whose core must be there. */
  readonly architectures: readonly Architecture[];
  /** Whether cores of other architectures are of use, too, if they can be built. */
  readonly anyArchitecture: boolean;
  /** Programs on this machine that are started, by name or path. */
  readonly programs: readonly string[];
  /** Paths that are read, besides the project and the cache. */
  readonly reads: readonly string[];
  /** Unix sockets that are connected to. */
  readonly sockets: readonly string[];
  /** Whether the cache directory is used. */
  readonly cache: boolean;
}

/** A host that a plan can run on. */
export interface LabHost {
  readonly name: string;
  /** How it is reached; stands in run.json. */
  readonly via: "local" | "qemu" | "command";
  readonly transport: Transport;
  /** What it is, for `lab hosts`. */
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly occupies: Occupied;
  /** CPUs on the host that plans may use; `null` for all that it allows. */
  readonly cpus: readonly number[] | null;
  /** CPUs on the host for everything but measuring; `null` for no choice. */
  readonly housekeeping: readonly number[] | null;
  readonly needs: HostNeeds;
  /** The commands that open it, for `--dry-run`; empty when nothing is started. */
  commands(): Promise<readonly (readonly string[])[]>;
  /**
   * Opens the host; the caller disposes of the connection.
   *
   * @throws {HostError} If it cannot be reached; {SessionError} if what answers is no agent.
   */
  open(options?: OpenOptions): Promise<Connection>;
}
