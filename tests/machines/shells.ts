/** Machines that are this one: shells in surroundings of their own, reached by a command. */

import { findBuild } from "../../ffi/build.ts";
import { findProgram } from "../../ffi/find_program.ts";
import { machineHost } from "../../lab/hosts/machine/machine_host.ts";
import type { AgentSource } from "../../lab/hosts/machine/machine_host.ts";
import {
  HOSTS_SCHEMA,
  type MachineEntry,
  parseHostsFile,
} from "../../lab/hosts/machine/hosts_file.ts";
import type { Connection, LabHost } from "../../lab/hosts/host.ts";

/** A home directory and a folder of programs for one test. */
export class Surroundings implements Disposable {
  readonly root: string = Deno.makeTempDirSync({ prefix: "fencelab-machine-" });
  readonly home: string = `${this.root}/home`;
  readonly bin: string = `${this.root}/bin`;
  /** Where the script makes temporary folders. */
  readonly temporary: string = `${this.root}/tmp`;

  constructor() {
    for (const folder of [this.home, this.bin, this.temporary]) Deno.mkdirSync(folder);
  }

  /** Where agents are kept. */
  get cache(): string {
    return `${this.home}/.cache/fencelab`;
  }

  /** Names of files in a folder; empty if it is not there. */
  list(folder: string): string[] {
    try {
      return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /** A program under another name; as `sh`, the one that every command runs. */
  link(name: string, target: string): void {
    const path = findProgram(target, Deno.env.get("PATH") ?? "");
    if (path === null) throw new Error(`There is no program '${target}'`);
    Deno.symlinkSync(path, `${this.bin}/${name}`);
  }

  script(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.bin}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }

  /** A command that runs what is put after it, with these variables alone. */
  command(variables: Readonly<Record<string, string | null>> = {}): string[] {
    const all: Record<string, string | null> = {
      PATH: `${this.bin}:/usr/bin:/bin`,
      HOME: this.home,
      TMPDIR: this.temporary,
      ...variables,
    };
    const pairs = Object.entries(all).filter(([, value]) => value !== null);
    return ["env", "-i", ...pairs.map(([name, value]) => `${name}=${value}`)];
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}

/** A host as a hosts file would describe it. */
export function machine(
  command: readonly string[],
  entry: Partial<MachineEntry> = {},
  source?: AgentSource,
): LabHost {
  const text = JSON.stringify({
    schema: HOSTS_SCHEMA,
    hosts: [{ name: "there", command, ...entry }],
  });
  return machineHost(parseHostsFile(text, "hosts.json")[0]!, source);
}

/** Opens a host and says whether the agent had to be sent. */
export async function openAndWatch(host: LabHost): Promise<Connection & { sent: boolean }> {
  const labels: string[] = [];
  const connection = await host.open({ onProgress: (label) => labels.push(label) });
  return Object.assign(connection, { sent: labels.some((label) => label.startsWith("sending")) });
}

/** An agent with everything that its greeting must say. */
type Found = NonNullable<Awaited<ReturnType<AgentSource>>>;

/** This build's agent, changed as a test wants it. */
export function agentSource(change: (agent: Found) => Found | Promise<Found>): AgentSource {
  return async (arch) => {
    const { id, agent } = (await findBuild(arch))!;
    const bytes = await Deno.readFile(agent);
    return await change({ arch, build: id, ...await digested(bytes) });
  };
}

/** A program with its digest. */
export async function digested(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Pick<Found, "bytes" | "sha256">> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return { bytes, sha256: new Uint8Array(digest).toHex() };
}
