/** Hosts for tests. */

import type { LabHost } from "../host.ts";

/** A host that cannot be opened and needs nothing, but for what `changes` says. */
export function sampleHost(name: string, changes: Partial<LabHost> = {}): LabHost {
  return {
    name,
    via: "command",
    transport: "agent",
    description: "",
    labels: {},
    occupies: { machine: name, cpus: null },
    cpus: null,
    housekeeping: null,
    needs: {
      architectures: [],
      anyArchitecture: false,
      programs: [],
      reads: [],
      sockets: [],
      cache: false,
    },
    commands: () => Promise.resolve([]),
    open: () => Promise.reject(new Error("not opened here")),
    ...changes,
  };
}
