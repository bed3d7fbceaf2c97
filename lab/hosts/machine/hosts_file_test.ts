import { assertEquals, assertThrows } from "@std/assert";

import { HostError } from "../../format/host_error.ts";
import { HOSTS_SCHEMA, hostsJsonSchema, parseHostsFile } from "./hosts_file.ts";

function file(...hosts: unknown[]): string {
  return JSON.stringify({ schema: HOSTS_SCHEMA, hosts });
}

const p9 = { name: "p9", command: ["ssh", "p9-01"] };

Deno.test("parseHostsFile() reads everything that a host may say", () => {
  const full = {
    name: "p9-01",
    command: ["srun", "-N1", "-w", "p9-01", "--exclusive"],
    labels: { rack: "7" },
    cpus: "4-7",
    housekeeping: "0",
    arch: "ppc64el",
    machine: "p9-01",
    agentDir: "/scratch/it's/fencelab",
    connectSeconds: 3600,
    silenceSeconds: 60,
  };
  assertEquals(parseHostsFile(file(full, p9), "hosts.json"), [
    full,
    { ...p9, connectSeconds: 60, silenceSeconds: 15 },
  ]);
});

/** What is wrong with a hosts file, and parts of the message. */
const WRONG: readonly (readonly [string, string, readonly string[]])[] = [
  ["no JSON", "{", ["it is not JSON", "Remedy: correct it"]],
  ["no hosts file", "[]", ["Invalid input", "web/guide/hosts.md"]],
  ["another schema", '{"schema":"fencelab.hosts/2","hosts":[]}', ["at schema: "]],
  ["an unknown key", file({ ...p9, comand: [] }), ["at hosts[0]: ", "'comand'", "'command'"]],
  ["an unknown key at the top", '{"schema":"fencelab.hosts/1","hosts":[],"host":1}', ["'hosts'"]],
  ["no command", file({ name: "x" }), ["at hosts[0].command: "]],
  ["an empty command", file({ ...p9, command: [] }), ["at hosts[0].command: "]],
  ["a relative program", file({ ...p9, command: ["./ssh"] }), ["hosts[0].command[0]", "absolute"]],
  ["a word that is none", file({ ...p9, command: ["ssh", 1] }), ["at hosts[0].command[1]: "]],
  ["a name that is a path", file({ ...p9, name: "a/b" }), ["at hosts[0].name: ", "letters"]],
  ["a name of no length", file({ ...p9, name: "" }), ["at hosts[0].name: "]],
  ["a built-in name", file({ ...p9, name: "local" }), ["'local'", "built-in"]],
  ["a guest's name", file({ ...p9, name: "qemu-arm64" }), ["'qemu-arm64'", "built-in"]],
  ["a name twice", file(p9, p9), ["at hosts[1].name: ", "'p9' is named twice"]],
  ["CPUs that are none", file({ ...p9, cpus: "1-" }), ["at hosts[0].cpus: ", "'1-3,5'"]],
  ["no CPUs", file({ ...p9, cpus: "" }), ["at hosts[0].cpus: "]],
  ["an unknown architecture", file({ ...p9, arch: "riscv64" }), ["at hosts[0].arch: ", "x86_64"]],
  ["a relative folder", file({ ...p9, agentDir: "~/x" }), ["at hosts[0].agentDir: ", "absolute"]],
  ["a line break", file({ ...p9, agentDir: "/a\nb" }), ["at hosts[0].agentDir: "]],
  ["no patience", file({ ...p9, silenceSeconds: 0 }), ["at hosts[0].silenceSeconds: "]],
  [
    "shared CPUs",
    file({ ...p9, cpus: "0-3", housekeeping: "3,8" }),
    ["at hosts[0].housekeeping: ", "other CPUs"],
  ],
];

for (const [what, text, parts] of WRONG) {
  Deno.test(`parseHostsFile() refuses ${what}`, () => {
    const error = assertThrows(() => parseHostsFile(text, "lab/hosts.json"), HostError);
    for (const part of ["Cannot read the hosts file 'lab/hosts.json': ", "Remedy: ", ...parts]) {
      assertEquals(error.message.includes(part), true, `'${part}' in: ${error.message}`);
    }
  });
}

Deno.test("hostsJsonSchema() describes the file with its keys", () => {
  const schema = hostsJsonSchema() as {
    properties: { hosts: { items: { properties: object; required: string[] } } };
  };
  const { properties, required } = schema.properties.hosts.items;
  assertEquals(required, ["name", "command"]);
  assertEquals(Object.keys(properties).includes("housekeeping"), true);
});
