import { assert, assertEquals, assertRejects } from "@std/assert";

import type { LabHost } from "../../lab/hosts/host.ts";
import { parseRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import { build } from "../fixtures/doors.ts";
import { lab } from "../fixtures/lab_process.ts";
import { HostsFile } from "./lab.ts";
import { machine, openAndWatch, Surroundings } from "./shells.ts";
import { sshNeeds, SshServer } from "./ssh_server.ts";
import { cpus, isRoot, needs } from "../fixtures/needs.ts";
import { until } from "../fixtures/processes.ts";
import { engineNeed } from "../traces/processor_engine.ts";

/** A host behind the server, with a folder of its own for agents. */
function behind(server: SshServer, place: Surroundings, host?: string): LabHost {
  return machine(server.command(host), { agentDir: place.cache });
}

Deno.test({
  ...needs("an agent is sent by ssh once; a shared connection does as well", sshNeeds),
  async fn(): Promise<void> {
    await using server = await SshServer.start();
    using place = new Surroundings();
    for (const [host, sent] of [["there", true], ["there", false], ["shared", false]] as const) {
      {
        await using there = await openAndWatch(behind(server, place, host));
        assertEquals(there.sent, sent);
        assertEquals(there.session.hello.build, build.id);
        assertEquals((await there.session.request("environment")).length, 1);
        await there.session.claim("the test");
      }
      await until("nothing runs there", () => server.sessions().length === 0);
    }
  },
});

Deno.test({
  ...needs("what keeps ssh from a machine is named with a remedy", sshNeeds),
  async fn(): Promise<void> {
    await using server = await SshServer.start();
    using place = new Surroundings();
    const expected = {
      unknown: ["Host key verification failed.", "run 'ssh' to that host once by hand"],
      stranger: ["Permission denied (publickey)", "ssh-copy-id"],
      nowhere: ["Could not resolve hostname fencelab-test.invalid", "correct the machine's name"],
    };
    for (const [host, parts] of Object.entries(expected)) {
      const error = await assertRejects(() => behind(server, place, host).open(), Error);
      for (const part of ["Lost host 'there'", "exit status 255", ...parts]) {
        assert(error.message.includes(part), `'${part}' is not in: ${error.message}`);
      }
    }
  },
});

Deno.test({
  ...needs("a changed host key is not something to accept", sshNeeds),
  async fn(): Promise<void> {
    await using server = await SshServer.start();
    using place = new Surroundings();
    const known = `${server.root}/known_hosts`;
    const [type, key] = (await Deno.readTextFile(`${server.root}/user.pub`)).split(" ");
    const [address] = (await Deno.readTextFile(known)).split(" ");
    await Deno.writeTextFile(known, `${address} ${type} ${key}\n`);
    const error = await assertRejects(() => behind(server, place).open(), Error);
    assert(error.message.includes("its host key is another one"), error.message);
  },
});

const techniques = ["none", "membarrier-private-expedited", "mprotect", "munmap"] as const;

/**
 * Interrupts per operation of each technique, by experiment, to the nearest whole number.
 *
 * None is known of a measurement in which a sibling never ran, as it may be on a busy machine.
 */
function interrupts(run: Run): Record<string, number> {
  const found: Record<string, number> = {};
  const add = (what: string, value: number | null | undefined): void => {
    if (typeof value === "number") found[what] = Math.round(value);
  };
  for (const result of run.results) {
    if (result.experiment === "cost") {
      add(`cost ${result.technique} ${result.siblings}`, result.ipisPerOp?.value);
    } else if (result.experiment === "capture") {
      for (const one of result.techniques) {
        add(`capture ${one.technique}`, one.ipisPerOp);
        add(`counted ${one.technique}`, one.countedPerOp?.perf);
      }
    }
  }
  return found;
}

Deno.test({
  ...needs("cost and capture by ssh see the interrupts that they see locally", {
    ...sshNeeds,
    ...engineNeed,
    root: isRoot,
    "two CPUs": cpus >= 2,
  }),
  async fn(): Promise<void> {
    await using server = await SshServer.start();
    // Both are this machine, so they must not run at once
    using hosts = new HostsFile(server.command(), { machine: "this machine" });
    const { code, stdout, stderr } = await lab([
      ...["run", "--hosts", hosts.path, "--host", "there", "--host", "local", "--json"],
      ...["--experiment", "cost", "--experiment", "capture", "--seconds", "0.3"],
      ...techniques.flatMap((technique) => ["--technique", technique]),
      ...["--out", hosts.store],
    ]);
    assertEquals(code, 0, stderr);
    const [there, here] = stdout.trim().split("\n").map((line) => parseRun(line, "stdout"));
    assertEquals([there!.host.name, there!.host.via], ["there", "command"]);
    assertEquals([here!.host.name, here!.host.via], ["local", "local"]);
    const expected: Record<string, number> = {
      ...interrupts(here!),
      "capture membarrier-private-expedited": 1,
      "cost membarrier-private-expedited 1": 1,
      ...(build.arch === "x86_64" ? { "capture mprotect": 2 } : {}),
    };
    for (const run of [there!, here!]) {
      for (const [what, value] of Object.entries(interrupts(run))) {
        assertEquals(value, expected[what] ?? value, what);
      }
    }
    assert(Object.keys(interrupts(there!)).length > 0);
    assertEquals(hosts.runs().length, 2);
  },
});
