/** `lab hosts`: what plans can run on. */

import { knownHosts } from "../hosts/host.ts";
import { renderTable } from "../render/table.ts";
import type { CommandLine } from "./parse.ts";
import { print, renderOptions } from "./terminal.ts";

/** Runs the command. @returns The exit code. */
export function hostsCommand(line: CommandLine): number {
  const hosts = knownHosts().map(({ name, via, description }) => ({ name, via, description }));
  if (line.has("json")) {
    print(`${JSON.stringify(hosts)}\n`);
    return 0;
  }
  const columns = [
    { title: "host", text: (host: typeof hosts[number]): string => host.name },
    { title: "via", text: (host: typeof hosts[number]): string => host.via },
    { title: "what it is", text: (host: typeof hosts[number]): string => host.description },
  ];
  print(`${renderTable(columns, hosts, renderOptions())}\n`);
  return 0;
}
